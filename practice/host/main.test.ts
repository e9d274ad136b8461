import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFakeKanidmd } from './testing/fake-kanidmd';
import { until } from './testing/ssh-client';

/** The host as the app ships it: one bundled file, ssh2 beside it in node_modules. */
let folder: string;
let program: string;
let fake: Awaited<ReturnType<typeof makeFakeKanidmd>>;

beforeAll(async () => {
  fake = await makeFakeKanidmd();
  const checkout = fileURLToPath(new URL('../..', import.meta.url));
  folder = await mkdtemp(join(checkout, 'node_modules/.kanilink-test-'));
  program = join(folder, 'practice-host.cjs');
  await build({
    root: checkout,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['ssh2'] },
    build: {
      ssr: join(checkout, 'practice/host/main.ts'),
      outDir: folder,
      target: 'node20.18',
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'practice-host.cjs' } },
    },
  });
});
afterAll(async () => {
  await fake.remove();
  await rm(folder, { recursive: true, force: true });
});

type Host = ChildProcessByStdio<Writable, Readable, Readable>;

interface Ready {
  readonly ready: true;
  readonly root: string;
  readonly fleet: string;
  readonly machines: readonly { readonly id: string; readonly port: number; readonly config: string }[];
}

function launch(...args: string[]): Host {
  const env = { ...process.env, PRACTICE_KANIDMD: fake.path };
  return spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function ready(host: Host): Promise<Ready> {
  let text = '';
  for await (const bytes of host.stdout) {
    text += String(bytes);
    if (text.includes('\n')) break;
  }
  return JSON.parse(text);
}

/** The processes that run on a machine's config. */
async function processesOf({ machines }: Ready): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_pid, place) => machines.some(({ config }) => lines[place]?.includes(config)));
}

describe('practice-host', () => {
  it('prints one line when all is up, and ends everything at SIGTERM', async () => {
    const host = launch('--servers', '2', '--poll-interval', '3', '--version', 'idm-b=1.11.1');
    const line = await ready(host);
    expect(line).toMatchObject({ ready: true, machines: [{ id: 'idm-a', user: 'admin' }, { id: 'idm-b' }] });
    expect(existsSync(line.fleet)).toBe(true);
    expect(await processesOf(line)).toHaveLength(2);
    host.kill('SIGTERM');
    expect(await once(host, 'exit')).toEqual([0, null]);
    expect(await processesOf(line)).toEqual([]);
    expect(existsSync(line.root)).toBe(false);
  });

  it('ends when its stdin closes, if asked to', async () => {
    const host = launch('--servers', '1', '--until-stdin-closes');
    const line = await ready(host);
    host.stdin.end();
    expect(await once(host, 'exit')).toEqual([0, null]);
    expect(await processesOf(line)).toEqual([]);
  });

  it('leaves no process behind even when it is killed', async () => {
    const host = launch('--servers', '2');
    const line = await ready(host);
    expect(await processesOf(line)).toHaveLength(2);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await until(async () => (await processesOf(line)).length === 0, 'the guard has ended the kanidmds');
    await rm(line.root, { recursive: true });
  });

  it('says what is wrong with its arguments', async () => {
    const host = launch('--servers', 'many');
    let stderr = '';
    host.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
    expect((await once(host, 'exit'))[0]).toBe(64);
    expect(stderr).toContain("--servers takes a number above 0, not 'many'.");
  });
});
