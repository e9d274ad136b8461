import { expect, it } from 'vitest';
import type { FleetServer } from '../../../../shared/fleet/model/fleet';
import type { ServerId, Sha256 } from '../../../../shared/base/names';
import { fail, ok } from '../../../../shared/base/result';
import type { ServerConnection } from '../../connect/connection';
import { systemClock } from '../../base/time';
import { probeServer } from './probe-server';

it('a kanidmd that runs and hangs is told once, by its cause, and the rest is read', async () => {
  const text = 'domain = "idm.example.com"\n[replication]\norigin = "repl://idm-a.example.com:8444"\n';
  const asked: { argv: readonly string[]; timeoutMs: number }[] = [];
  const connection = {
    facts: async () =>
      ok({
        service: { state: 'running' },
        configPath: '/etc/kanidm/server.toml',
        startedAt: null,
        runningVersion: '1.10.5',
        clockOffsetMs: 0,
      }),
    readFile: async () =>
      ok({
        bytes: new TextEncoder().encode(text),
        sha256: 'x' as Sha256,
        stat: { modifiedAt: 0 },
      }),
    kanidmd: async (argv: readonly string[], { timeoutMs }: { timeoutMs: number }) => {
      asked.push({ argv, timeoutMs });
      if (argv[0] === 'version') return ok({ stdout: 'kanidmd 1.10.5 abc\n', stderr: '', exitCode: 0 });
      return fail({ code: 'timed-out', message: 'timed out', fix: '', where: {} });
    },
    logs: async function* () {
      yield* [];
    },
  } as unknown as ServerConnection;
  const server = { id: 'idm-a' as ServerId, connect: 'ssh' } as FleetServer;
  const call = { signal: new AbortController().signal, timeoutMs: 300_000 };

  const seen = await probeServer(server, connection, systemClock, call);

  expect(seen).toMatchObject({ state: 'running', domain: null, certificate: null, versionOnDisk: '1.10.5' });
  expect(seen.faults.map((it) => it.code)).toEqual(['admin-socket-silent']);
  expect(seen.faults[0]?.message).toContain('domain show');
  // However long the whole may take, one command may not.
  for (const { argv, timeoutMs } of asked) if (argv[0] !== 'version') expect(timeoutMs).toBeLessThan(60_000);
});

it('what a server says only at its start is known of one that runs for months', async () => {
  const nil = '00000000-0000-0000-0000-000000000000';
  const startedAt = Date.parse('2026-01-01T00:00:00Z');
  const said = [
    [0, 'INFO     ｉ [info]: Starting Kanidmd | version: 1.10.5'],
    [40, 'ERROR    🚨 [error]: Replica supplier cert invalid. | err: Other'],
    [86_400_000, 'ERROR    🚨 [error]: Replica supplier cert invalid. | err: said by another process'],
  ] as const;
  const connection = {
    facts: async () =>
      ok({
        service: { state: 'running' },
        configPath: '/etc/kanidm/server.toml',
        startedAt,
        runningVersion: null,
        clockOffsetMs: 0,
      }),
    readFile: async () => fail({ code: 'no-such-file', message: '', fix: '', where: {} }),
    kanidmd: async () => fail({ code: 'timed-out', message: '', fix: '', where: {} }),
    logs: async function* ({ since }: { since: number }) {
      for (const [after, text] of said)
        if (startedAt + after >= since)
          yield [
            {
              kind: 'line',
              source: 'kanidmd',
              cursor: '',
              at: (startedAt + after) * 1000,
              text: `${nil} ${text}`,
            },
          ];
    },
  } as unknown as ServerConnection;
  const server = { id: 'idm-a' as ServerId, connect: 'ssh' } as FleetServer;
  const call = { signal: new AbortController().signal, timeoutMs: 300_000 };

  const seen = await probeServer(server, connection, systemClock, call);

  expect(seen.facts?.runningVersion).toBe('1.10.5');
  expect(seen.log?.startedAt).toBeNull();
  expect(seen.log?.troubles.map((it) => it.code)).toEqual(['task-not-started']);
});
