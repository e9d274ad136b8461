import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runNpm } from '../../../build/launch/npm-packages.mjs';
import { NODE_MODULES } from '../../../build/launch/places.mjs';

/** A registry of npm's on this machine. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves packages of this checkout as npm's registry does, so that npm installs them without a network.
 * @param folder where it packs them
 */
export async function serveRegistry(names: readonly string[], folder: string): Promise<Registry> {
  const packed = new Map<string, Buffer>();
  for (const name of names) {
    const at = mkdtempSync(join(folder, 'served-'));
    const argv = ['pack', '--json', '--ignore-scripts', '--pack-destination', at, join(NODE_MODULES, name)];
    const { code, output, errors } = await runNpm(argv, 120_000, { output: 'captured', cwd: at });
    if (code !== 0) throw new Error(errors);
    const [{ filename }] = JSON.parse(output) as [{ filename: string }];
    packed.set(name, readFileSync(join(at, filename)));
  }
  const about = (name: string, tarball: Buffer): unknown => {
    const manifest = JSON.parse(readFileSync(join(NODE_MODULES, name, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    const dist = {
      tarball: `${url()}/tarball/${encodeURIComponent(name)}`,
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    };
    const { version } = manifest;
    return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
  };
  const server = createServer((request, response) => {
    const [, first = '', second = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    const name = first === 'tarball' ? second : first;
    const tarball = packed.get(name);
    if (tarball === undefined) response.writeHead(404).end('{}');
    else response.end(first === 'tarball' ? tarball : JSON.stringify(about(name, tarball)));
  });
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: url(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
