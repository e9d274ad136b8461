import { describe, expect, it } from 'vitest';
import { ok } from '../../../../../shared/base/result';
import type { ServerFiles } from '../files/files';
import { findConfig } from './find-config';
import type { Machine } from '../machine/machine';

const KANIDM = '/etc/kanidm/server.toml';
const KANIDMD = '/etc/kanidmd/server.toml';

interface Server {
  /** The words of ExecStart. */
  readonly unit?: string;
  /** The words of the main process. */
  readonly process?: string;
  /** What grep finds in the program. */
  readonly built?: string;
  readonly there?: readonly string[];
  readonly environment?: Record<string, string>;
}

/** The path that is found, or the fault's code. */
async function found({
  unit = '/usr/bin/kanidmd server',
  process,
  built,
  there = [],
  environment = {},
}: Server) {
  const output = (stdout: string | undefined) =>
    ok({ exitCode: stdout === undefined ? 1 : 0, stdout: stdout ?? '', stderr: '', cut: false });
  const machine = {
    where: { server: 'idm-b', endpoint: 'ssh://b' },
    unit: 'kanidmd.service',
    look: async (argv: readonly string[]) =>
      output(
        argv[0] === 'cat'
          ? process?.includes('\0')
            ? process
            : process?.replaceAll(' ', '\0')
          : argv[0] === 'grep'
            ? built
            : undefined,
      ),
  };
  const files = {
    stat: async (path: string) => ok(there.includes(path) ? { kind: 'file' } : null),
  };
  const result = await findConfig(
    {
      machine: machine as unknown as Machine,
      files: files as unknown as ServerFiles,
      program: 'kanidmd',
      properties: {
        ExecStart: `{ path=/x ; argv[]=${unit} ; ignore_errors=no ; pid=0 }`,
        MainPID: process === undefined ? '0' : '42',
      },
      environment,
    },
    new AbortController().signal,
  );
  return result.ok ? result.value : result.error.code;
}

describe('the server.toml of a unit', () => {
  it.each<[string, string, Server]>([
    ['is named by the unit', '/a.toml', { unit: 'kanidmd server -c /a.toml' }],
    [
      'is the one both say',
      '/a.toml',
      { unit: 'kanidmd server -c /a.toml', process: 'kanidmd server -c /a.toml' },
    ],
    [
      'is the running one’s where the unit is a script',
      '/b.toml',
      { unit: '/opt/start', process: '/usr/sbin/kanidmd server -c /b.toml' },
    ],
    [
      'is the running one’s where a blank hides the unit’s',
      '/etc/my folder/b.toml',
      {
        unit: 'kanidmd server -c /etc/my folder/b.toml',
        process: 'kanidmd\0server\0-c\0/etc/my folder/b.toml',
      },
    ],
    ['is asked for when it is a script that does not run', 'config-not-found', { unit: '/opt/start' }],
    [
      'is asked for when the unit was changed since the start',
      'config-ambiguous',
      { unit: 'kanidmd server -c /a.toml', process: 'kanidmd server -c /b.toml' },
    ],
    [
      'is asked for when the unit names one since the start',
      'config-ambiguous',
      { unit: 'kanidmd server -c /a.toml', process: 'kanidmd server', there: [KANIDM] },
    ],
    ['is KANIDM_CONFIG’s', '/e.toml', { environment: { KANIDM_CONFIG: '/e.toml' }, there: [KANIDM] }],
    [
      'is the unit’s before KANIDM_CONFIG',
      '/a.toml',
      { unit: 'kanidmd server -c /a.toml', environment: { KANIDM_CONFIG: '/e.toml' } },
    ],
    [
      'is asked for when KANIDM_CONFIG is relative',
      'config-not-found',
      { environment: { KANIDM_CONFIG: 'e.toml' } },
    ],
    ['is the only one there', KANIDMD, { there: [KANIDMD] }],
    ['is asked for when there are two', 'config-ambiguous', { there: [KANIDM, KANIDMD] }],
    [
      'is the one of two that stands in the program',
      KANIDMD,
      { there: [KANIDM, KANIDMD], built: `${KANIDMD}\n${KANIDMD}\n` },
    ],
    [
      'is asked for when both stand in the program',
      'config-ambiguous',
      { there: [KANIDM, KANIDMD], built: `${KANIDMD}\n${KANIDM}\n` },
    ],
    [
      'is the program’s even when only the other is there',
      KANIDM,
      { there: [KANIDMD], built: `${KANIDM}\n` },
    ],
    [
      'is the container’s where the program was built for one',
      '/data/server.toml',
      { built: '/data/server.toml\n' },
    ],
    ['is asked for when there is none', 'config-not-found', {}],
  ])('%s: %s', async (_what, wanted, server) => {
    expect(await found(server)).toBe(wanted);
  });
});
