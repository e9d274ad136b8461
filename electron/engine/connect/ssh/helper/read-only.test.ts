import { expect, it } from 'vitest';
import { ok, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { QUESTIONS } from '../../common/kanidmd-arguments';
import { programFiles } from '../files/program-files';
import type { Machine } from '../machine/machine';
import { runKanidmd } from '../unit/kanidmd';
import { readOnlyLines } from './read-only';

const CONFIG = '/etc/kanidm/server.toml';
const KANIDMD = '/usr/sbin/kanidmd';
const identity = { name: 'kanidm', uid: 991, gid: 991 };
const service = { identity, dynamic: null };

/** A machine with a login that has only lines of sudoers; it writes down what it is to run as the service. */
function machineThat(ran: string[], exitCode: number): Machine {
  const output: Output = { exitCode, stdout: '81a4:9:991:991:1764000000\n', stderr: '', cut: false };
  const run = async (_who: unknown, argv: readonly string[]): Promise<Result<Output>> => {
    ran.push(argv.join(' '));
    return ok(output);
  };
  const parts = {
    where: { server: 'idm-a', endpoint: 'ssh://ada@idm-a' },
    rights: async () => ok({ kind: 'restricted', uid: 1000, asRoot: null }),
    serviceUser: async () => ok(service),
    as: run,
    asService: run,
    rawAs: async (who: unknown, argv: readonly string[]) => {
      await run(who, argv);
      return ok({ ...output, stdout: Buffer.from('x'), stderr: Buffer.alloc(0) });
    },
  };
  return parts as unknown as Machine;
}

it('lines for somebody who only looks allow the very commands that looking runs', async () => {
  const ran: string[] = [];
  const { signal } = new AbortController();
  for (const exitCode of [0, 1]) {
    const machine = machineThat(ran, exitCode);
    await programFiles(machine, identity as never).read(CONFIG, 1_000_000, signal);
    for (const question of Object.values(QUESTIONS))
      await runKanidmd(machine, KANIDMD, question, CONFIG, signal, null, {});
  }
  const allowed = readOnlyLines('ada', service as never, KANIDMD, CONFIG).map((line) =>
    line.replace(/^ada ALL=\(kanidm\) NOPASSWD: (?:\/usr\/bin\/)?/, '').replace(/\\([,:=\\])/g, '$1'),
  );
  expect(new Set(ran)).toEqual(new Set(allowed));
  expect(allowed).toHaveLength(6);
});

const serviceOf = (name: string) => ({ identity: { uid: 990, gid: 990, groups: [], name }, dynamic: null });
const lines = (config: string, name = 'kanidm', kanidmd = '/usr/sbin/kanidmd') =>
  readOnlyLines('ada', serviceOf(name), kanidmd, config);

it('the lines of sudoers for somebody who only looks name one file each', () => {
  const all = lines('/etc/kanidm/server.toml');
  expect(all).toHaveLength(6);
  for (const line of all) expect(line).toMatch(/^ada ALL=\(kanidm\) NOPASSWD: \/[^*?\n]*$/);
});

it.each([
  '/etc/kanidm/*',
  '/etc/kanidm/server.tom?',
  '/etc/kanidm/[a-z]',
  '/etc/kanidm/server.toml\nada ALL=(ALL) NOPASSWD: ALL',
  '/etc/kanidm/a b',
  '/etc/kanidm/a#b',
  '/etc/kanidm/../shadow',
  '/etc/!x',
  '/etc/kanidm/"x"',
])('there are none for a path that means more in sudoers than itself: %j', (path) => {
  expect(lines(path)).toEqual([]);
  expect(lines('/etc/kanidm/server.toml', 'kanidm', path)).toEqual([]);
  expect(lines('/etc/kanidm/server.toml', path)).toEqual([]);
});
