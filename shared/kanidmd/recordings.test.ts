import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LogLine } from './evidence';
import { judgePull, type PullInput } from '../health/judge';
import { readCertificate } from '../certificates/read-certificate';
import {
  readCertificateOutput,
  readConfigTest,
  readDomain,
  readRefresh,
  readRenew,
  readVersion,
  socketTaken,
} from './read-output';
import { readLog } from './rounds';

const folder = new URL('../../test/recorded/', import.meta.url);
const recorded = (name: string, version = '1.10.5'): string =>
  readFileSync(new URL(`kanidmd-${version}/${name}`, folder), 'utf8');
const printed = (name: string, version?: string) => ({
  stdout: recorded(`${name}.stdout`, version),
  stderr: recorded(`${name}.stderr`, version),
});
/** Recorded logs carry no times: lines come 100 ms apart. */
const linesOf = (name: string, version?: string): LogLine[] =>
  recorded(name, version)
    .split('\n')
    .filter((line) => line !== '')
    .map((text, index) => ({ at: index * 100_000, text }));
const evidence = (name: string, version?: string) => {
  const lines = linesOf(name, version);
  // Read a good while after the last line: nothing is still arriving.
  return readLog(lines, 0, lines.length * 100_000 + 2_000_000);
};
const troubles = (name: string): string[] => [
  ...new Set(
    evidence(name).rounds.flatMap((it) => (it.outcome.kind === 'trouble' ? [it.outcome.trouble.code] : [])),
  ),
];

describe('command output of real servers', () => {
  it('shows certificates, with their names and dates', () => {
    for (const [name, version, host] of [
      ['show-cert-a', '1.10.5', 'idm-a.example.com'],
      ['show-cert-b', '1.10.5', 'idm-b.example.com'],
      ['show-cert', '1.2.0', 'q-a.example.com'],
      ['show-cert-json', '1.2.0', 'q-a.example.com'],
    ] as const) {
      const text = readCertificateOutput(printed(name, version));
      if (!text.ok) throw new Error(`${name}: ${text.error.message}`);
      const certificate = readCertificate(text.value, {});
      expect(certificate.ok && certificate.value.names).toEqual([host]);
    }
  });

  it('gives the dates the server itself prints', () => {
    const text = readCertificateOutput(printed('show-cert-a'));
    const certificate = text.ok ? readCertificate(text.value, {}) : text;
    expect(certificate.ok && certificate.value.notAfter).toBe('2030-11-23T15:24:07Z');
    expect(recorded('show-cert-meta-a.stdout')).toContain('not_after  : 2030-11-23T15:24:07Z');
  });

  it('says what is wrong when there is no certificate, though the exit code is 0', () => {
    const taken = readCertificateOutput(printed('show-cert-no-replication'));
    expect(!taken.ok && taken.error.code).toBe('admin-socket');
    const renewing = readCertificateOutput(printed('show-cert-a-just-after-renew'));
    expect(!renewing.ok && renewing.error.code).toBe('no-certificate-shown');
  });

  it('reads domains, versions, refreshes, renewals and config tests', () => {
    for (const [name, version, uuid, level] of [
      ['domain-show-a', '1.10.5', '8bd2165e-fa64-45d4-91dc-fc620ca35fa8', 14],
      ['domain-show', '1.2.0', '13248770-0f07-485b-aab1-a96d87ace6f4', 6],
    ] as const) {
      const domain = readDomain(printed(name, version));
      expect(domain.ok && domain.value).toEqual({ name: 'idm.example.com', uuid, level });
    }
    expect(readVersion(printed('version'))).toEqual({ ok: true, value: '1.10.5' });
    expect(readVersion(printed('version', '1.2.0'))).toEqual({ ok: true, value: '1.2.0' });
    expect(readRefresh(printed('refresh-ok-b'))).toBe('success');
    expect(readRefresh(printed('refresh-noflag'))).toBe('unwilling');
    expect(readRefresh(printed('late-refresh'))).toBe('unknown');
    expect(readRefresh(printed('mixed-refresh-old', '1.11.1'))).not.toBe('unwilling');
    expect(readRenew(printed('renew-a'))).toBe('asked');
    expect(readRenew(printed('renew', '1.11.1'))).toBe('shown');
    expect(readConfigTest(printed('configtest-staged-copy')).accepted).toBe(true);
    expect(readConfigTest(printed('configtest-staged-copy', '1.2.0')).accepted).toBe(true);
    expect(readConfigTest(printed('configtest-staged', '1.2.0')).accepted).toBe(false);
    expect(socketTaken(printed('domain-show-after-plain-configtest'))).toBe(true);
  });

  it('cuts the whole file out of a parse error', () => {
    const refused = readConfigTest(printed('configtest-bad'));
    expect(refused.accepted).toBe(false);
    for (const line of refused.output.split('\n')) expect(line.length).toBeLessThan(320);
  });
});

describe('logs of real servers', () => {
  it('show a refresh and the rounds after it', () => {
    const { rounds } = evidence('log-b-after-refresh.log');
    expect(rounds.map((it) => `${it.kind} ${it.outcome.kind} ${it.supplierHost} ${it.ports.join()}`)).toEqual(
      [
        'refresh success idm-a.example.com 8444',
        'incremental success idm-a.example.com 8444',
        'incremental success idm-a.example.com 8444',
        'incremental success idm-a.example.com 8444',
      ],
    );
  });

  it('show which of two suppliers a refresh took', () => {
    const refreshes = evidence('log-refresh-with-two-suppliers-took-the-wrong-one.log').rounds.filter(
      (it) => it.kind === 'refresh' && it.outcome.kind === 'success',
    );
    expect(refreshes.length).toBeGreaterThan(0);
  });

  it('name the cause of every TLS mistake', () => {
    expect(troubles('tls-wrong-partner-cert-d.log')).toContain('wrong-certificate');
    expect(troubles('tls-one-sided-d.log')).toContain('partner-unknown');
    expect(troubles('tls-san-mismatch-d.log')).toContain('wrong-name');
    expect(troubles('tls-https-port-d.log')).toContain('wrong-port');
    expect(troubles('tls-wrong-port-d.log')).toContain('supplier-unreachable');
    expect(troubles('log-renew-seen-by-b.log')).toEqual(
      expect.arrayContaining(['certificate-renewed', 'supplier-unreachable']),
    );
  });

  it('read the span head of 1.2.0 too', () => {
    const { rounds } = evidence('log-refresh-b.log', '1.2.0');
    expect(rounds.some((it) => it.kind === 'refresh' && it.outcome.kind === 'success')).toBe(true);
    expect(rounds.some((it) => it.kind === 'incremental' && it.outcome.kind === 'success')).toBe(true);
    expect(new Set(rounds.map((it) => it.supplierHost))).toEqual(new Set(['q-a.example.com']));
  });

  it('hold replication between different versions for paused', () => {
    const { rounds, troubles: outside } = evidence('log-mixed-refresh-old.log', '1.11.1');
    const codes = [
      ...rounds.flatMap((it) => (it.outcome.kind === 'trouble' ? [it.outcome.trouble.code] : [])),
      ...outside.map((it) => it.code),
    ];
    expect(codes).toEqual(expect.arrayContaining(['needs-refresh']));
  });

  it('forget everything before a restart', () => {
    const all = evidence('log-repinned-b.log');
    const start = linesOf('log-repinned-b.log').findLastIndex((line) =>
      line.text.includes('Starting Kanidmd'),
    );
    expect(all.startedAt).toBe(start * 100_000);
    expect(all.rounds.every((round) => round.at > start * 100_000)).toBe(true);
  });

  it('forget it too where a version does not say that it starts', () => {
    const lines = linesOf('log-refresh-b.log', '1.2.0').map(({ text }) => text);
    const twice = [...lines, ...lines].map((text, index) => ({ at: (index + 1) * 100_000, text }));
    const all = readLog(twice, 0, twice.length * 100_000 + 60_000_000);
    const start = twice.findLast(({ text }) => text.includes('Starting kanidm with configuration: '));
    expect(all).toMatchObject({ startedAt: start?.at, runningVersion: null, listening: true });
    expect(all.rounds.filter(({ at }) => at < (start?.at ?? 0))).toEqual([]);
    expect(all.rounds).not.toEqual([]);
  });

  it('are read as they arrive: a round whose lines are still coming is not judged yet', () => {
    const lines = linesOf('log-b-after-refresh.log');
    const head = lines.findLastIndex((line) => line.text.includes('repl_run_consumer ['));
    const soFar = lines.slice(0, head + 1);
    const at = soFar.at(-1)?.at ?? 0;
    const before = readLog(lines.slice(0, head), 0, at).rounds.length;
    expect(readLog(soFar, 0, at + 300_000).rounds).toHaveLength(before);
    expect(readLog(soFar, 0, at + 1_000_000).rounds.at(-1)?.outcome).toMatchObject({
      kind: 'trouble',
      trouble: { code: 'round-unclear' },
    });
  });

  it('have no round that is neither success nor explained', () => {
    for (const version of ['1.10.5', '1.2.0', '1.11.1'])
      for (const name of readdirSync(new URL(`kanidmd-${version}/`, folder)).filter((it) =>
        /^(log|tls)-.*\.log$/.test(it),
      ))
        for (const round of evidence(name, version).rounds)
          if (round.outcome.kind === 'trouble')
            expect(`${name}: ${round.outcome.trouble.code}`).not.toContain('round-unclear');
  });
});

describe('what real servers say while they answer', () => {
  it('holds no error that is not known', () => {
    const logs = ['1.10.5', '1.2.0', '1.11.1'].flatMap((version) =>
      readdirSync(new URL(`kanidmd-${version}/`, folder))
        .filter((name) => name.endsWith('.log'))
        .map((name) => evidence(name, version)),
    );
    expect(logs.length).toBeGreaterThan(50);
    expect(logs.flatMap((log) => log.troubles.map(({ code }) => code))).not.toContain('answer-with-error');
  });

  it('is known as an answer in 1.2.0, whose span it is', () => {
    const log = recorded('log-refresh-a.log', '1.2.0');
    const asked = /^(\S+) INFO +handle_repl_conn/m.exec(log)![1]!;
    const lines = [...linesOf('log-refresh-a.log', '1.2.0')];
    const at = lines.at(-1)!.at;
    const text = `${asked} ERROR    ┕━ 🚨 [error]: 4711 entries were left out`;
    expect(readLog([...lines, { at, text }], 0, at).troubles).toContainEqual(
      expect.objectContaining({ code: 'answer-with-error', evidence: '4711 entries were left out' }),
    );
  });
});

describe('a pull', () => {
  const log = evidence('log-b-after-refresh.log');
  const input: PullInput = {
    consumer: 'idm-b',
    supplier: 'idm-a',
    supplierHost: 'idm-a.example.com',
    supplierPort: 8444,
    pollInterval: 15,
    consumerLog: log,
    supplierLog: evidence('log-a-after-refresh.log'),
    consumerDomain: 'x',
    supplierDomain: 'x',
    consumerState: 'running',
    supplierState: 'running',
    now: log.to,
  };

  it('is green only with a fresh round, one domain, and both running', () => {
    expect(judgePull(input).health).toBe('replicating');
    expect(judgePull({ ...input, now: log.to + 41_000_000 }).health).toBe('unknown');
    // The server's clock was set back: how long ago a round was that it logged before, nobody knows.
    expect(judgePull({ ...input, now: log.to - 3_600_000_000 }).health).not.toBe('replicating');
    expect(judgePull({ ...input, supplierDomain: 'y' }).health).toBe('needs-refresh');
    expect(judgePull({ ...input, supplierDomain: null }).health).toBe('unknown');
    expect(judgePull({ ...input, consumerLog: null }).health).toBe('unknown');
    expect(judgePull({ ...input, supplierLog: null }).health).toBe('unknown');
    expect(judgePull({ ...input, supplierState: 'stopped' })).toMatchObject({
      health: 'broken',
      cause: 'idm-a is stopped.',
    });
    expect(judgePull({ ...input, supplierState: 'unreachable' }).health).toBe('unknown');
  });

  it('is not green between versions: a round succeeds there while nothing is to be sent', () => {
    const at = (consumerLevel: number | null, supplierLevel: number | null): string =>
      judgePull({ ...input, consumerLevel, supplierLevel }).health;
    expect(at(14, 15)).toBe('paused');
    expect(at(15, 14)).toBe('paused');
    expect(at(14, 14)).toBe('replicating');
    expect(at(null, 14)).toBe('replicating');
  });

  it('is not another pull’s green: host and port must be the supplier’s', () => {
    expect(judgePull({ ...input, supplierHost: 'idm-c.example.com' }).health).not.toBe('replicating');
    expect(judgePull({ ...input, supplierPort: 9444 }).health).not.toBe('replicating');
  });

  it('is not called broken for what the consumer’s own listener says to others', () => {
    const troubles = [
      {
        code: 'no-partners',
        health: 'broken' as const,
        cause: 'nobody is let in',
        fix: '',
        evidence: 'Ignoring connection from 127.0.0.1',
        at: log.to - 1,
      },
    ];
    const consumerLog = { ...log, rounds: [], troubles, startedAt: null, from: log.to - 50_000_000 };
    expect(judgePull({ ...input, consumerLog }).health).toBe('unknown');
  });

  it('is green only when the supplier’s log was read back to the newest round: a supplier may be silent about its trouble later', () => {
    const newest = log.rounds.at(-1)!.at;
    const supplierLog = evidence('log-a-after-refresh.log');
    const read = (from: number): string =>
      judgePull({ ...input, supplierLog: { ...supplierLog, startedAt: null, from } }).health;
    expect(read(newest - 1)).toBe('replicating');
    expect(read(newest + 1)).toBe('unknown');
  });

  it('waits for a round after the supplier restarted', () => {
    const restarted = { ...evidence('log-a-after-refresh.log'), startedAt: log.to - 1 };
    expect(judgePull({ ...input, supplierLog: restarted }).health).toBe('waiting');
  });

  it('waits for a round of a supplier that was started since; other trouble stays', () => {
    const failed = (code: string): PullInput => {
      const trouble = { code, health: 'broken' as const, cause: 'c', fix: 'f', evidence: '' };
      const newest = log.rounds.at(-1)!;
      const rounds = [
        ...log.rounds.slice(0, -1),
        { ...newest, outcome: { kind: 'trouble' as const, trouble } },
      ];
      return { ...input, consumerLog: { ...log, rounds } };
    };
    const supplierLog = { ...evidence('log-a-after-refresh.log'), startedAt: log.rounds.at(-1)!.at + 1 };
    expect(judgePull({ ...failed('supplier-unreachable'), supplierLog }).health).toBe('waiting');
    const soon = { ...supplierLog, startedAt: log.rounds.at(-1)!.at - 2_000_000 };
    expect(judgePull({ ...failed('supplier-unreachable'), supplierLog: soon }).health).toBe('waiting');
    const longAgo = { ...supplierLog, startedAt: log.rounds.at(-1)!.at - 20_000_000 };
    expect(judgePull({ ...failed('supplier-unreachable'), supplierLog: longAgo }).health).toBe('broken');
    // What a process refused that is gone tells nothing of the one that runs; what the new one refuses does.
    expect(judgePull({ ...failed('certificate-renewed'), supplierLog }).health).toBe('waiting');
    expect(judgePull({ ...failed('certificate-renewed'), supplierLog: soon }).health).toBe('broken');
  });
});
