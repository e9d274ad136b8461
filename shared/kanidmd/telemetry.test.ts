import { describe, expect, it } from 'vitest';
import type { LogLine } from './evidence';
import { judgePull } from '../health/judge';
import { readCertificateOutput, readConfigTest, readDomain, readVersion } from './read-output';
import { readLog } from './rounds';

/* With OpenTelemetry kanidmd prints two lines and nothing more, whatever it is asked (measured on 1.10.5 and 1.11.1). */

const filter = 'Logging filter initialized: "info"\n';
const silent = (line: string) => ({ stdout: '', stderr: `${filter}${line}\n` });

describe.each([
  'Starting OTLP logging pipeline endpoint=http://tempo.example.com:4317',
  'Attempting to start OTLP logging pipeline endpoint=tempo.example.com:4317',
  'Logging pipeline completed shutdown',
])('a kanidmd that says only %j', (line) => {
  it('is told from one that shows nothing', () => {
    for (const read of [readCertificateOutput, readDomain])
      expect(read(silent(line))).toMatchObject({ ok: false, error: { code: 'words-go-elsewhere' } });
    const test = readConfigTest(silent(line));
    expect(test.accepted).toBe(false);
    expect(test.output).toContain('OpenTelemetry');
  });

  it('leaves the pull unknown, and says why', () => {
    const at = 1_000_000;
    const lines: LogLine[] = [filter.trim(), line].map((text) => ({ at, text }));
    const now = at + 600_000_000;
    expect(
      judgePull({
        consumer: 'idm-b',
        supplier: 'idm-a',
        supplierHost: 'idm-a.example.com',
        supplierPort: 8444,
        pollInterval: 15,
        consumerLog: readLog(lines, 0, now),
        supplierLog: readLog([], 0, now),
        consumerDomain: null,
        supplierDomain: null,
        consumerState: 'running',
        supplierState: 'running',
        now,
      }),
    ).toMatchObject({ health: 'unknown', cause: expect.stringContaining('OpenTelemetry') as string });
  });
});

it('an answer that is there counts, whatever stands on stderr', () => {
  const stdout = 'kanidmd 1.10.5\n';
  expect(readVersion({ stdout, stderr: 'Starting OTLP logging pipeline endpoint=x' })).toEqual({
    ok: true,
    value: '1.10.5',
  });
});

it('the fork Kubidm is named', () => {
  expect(readVersion({ stdout: 'kubidmd 1.0.0 abc\n', stderr: '' })).toMatchObject({
    ok: false,
    error: { code: 'program-is-kubidm' },
  });
});
