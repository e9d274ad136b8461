import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ok } from '../../../shared/base/result';
import type { Invocation } from '../base/arguments';
import type { World } from '../base/world';
import { diagnose } from './diagnose';
import { inOwnFolder } from '../../../test/support/own-folder';

let folder: string;
inOwnFolder('cli-diagnose', (made) => (folder = made));

const FLEET = 'version = 1\nname = "x"\n';

/** Calls the command; the engine answers with what it was asked. */
async function call(more: Partial<Invocation>, { text = FLEET, trusted = true } = {}) {
  const said: string[] = [];
  const printed: string[] = [];
  const engine = {
    loadFleet: (path: string) => Promise.resolve(ok({ path, text, trusted })),
    trustFleet: () => Promise.resolve(ok({ trusted: false })),
    diagnose: (fleet: unknown, asked: unknown) =>
      Promise.resolve(ok(`${JSON.stringify({ fleet, asked })}\n`)),
  };
  const world = {
    ...{ engine, signal: new AbortController().signal },
    print: (it: string) => printed.push(it),
    say: (it: string) => said.push(it),
    paintSaid: new Proxy({}, { get: () => (it: string) => it }),
  } as unknown as World;
  const invocation = {
    fleet: 'f.toml',
    json: false,
    output: null,
    withoutAddresses: false,
    ...more,
  } as Invocation;
  return { code: await diagnose(invocation, world), said: said.join('\n'), printed: printed.join('\n') };
}

it('prints the document, or writes it into a new file that nobody else may read', async () => {
  const shown = await call({ withoutAddresses: true });
  expect(shown.code).toBe(0);
  expect(JSON.parse(shown.printed)).toMatchObject({
    ...{ fleet: { path: 'f.toml' }, asked: { withoutAddresses: true, problems: [] } },
  });
  const output = join(folder, 'd.json');
  const written = await call({ output, json: true });
  expect(JSON.parse(written.printed)).toEqual({ format: 1, file: output, problems: [] });
  expect((await stat(output)).mode & 0o777).toBe(0o600);
  const before = await readFile(output, 'utf8');
  const again = await call({ output, withoutAddresses: true });
  expect([again.code, await readFile(output, 'utf8')]).toEqual([1, before]);
  expect(again.said).toContain('there already');
});

it.each([
  ['cannot be used', { text: 'version = ' }],
  ['is not trusted', { trusted: false }],
])('tells of a fleet file that %s, and asks no server', async (_, of) => {
  const { code, printed } = await call({}, of);
  const { fleet, asked } = JSON.parse(printed) as { fleet: unknown; asked: { problems: unknown[] } };
  expect([code, fleet, asked.problems.length > 0]).toEqual([0, null, true]);
});
