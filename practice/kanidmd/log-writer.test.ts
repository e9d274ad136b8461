import { describe, expect, it } from 'vitest';
import { makeLog } from './log-writer';
import { duration, Span } from './span';

function collect() {
  const lines: string[] = [];
  const log = makeLog(
    (text) => lines.push(...text.trimEnd().split('\n')),
    () => undefined,
  );
  return { log, lines };
}

describe('the log', () => {
  it('writes lines outside spans with the nil uuid, level padded, fields at the end', () => {
    const { log, lines } = collect();
    log.info('Starting Kanidmd', [['version', '1.10.5 715020ccd2']]);
    log.error('Unwilling to proceed. Check --help.');
    expect(lines).toEqual([
      '00000000-0000-0000-0000-000000000000 INFO     ｉ [info]: Starting Kanidmd | version: 1.10.5 715020ccd2',
      '00000000-0000-0000-0000-000000000000 ERROR    🚨 [error]: Unwilling to proceed. Check --help.',
    ]);
  });

  it('prints a span as a tree under one uuid, the shares adding up', () => {
    const { log, lines } = collect();
    const inner = new Span('consumer_apply_refresh_v1', [], 25)
      .add(new Span('reindex', [], 25).info('started'))
      .warn('Using domain uuid');
    log.finish(new Span('repl_run_consumer_refresh', [['server_name', 'idm-a']], 50).add(inner).info('done'));
    const uuid = lines[0]?.slice(0, 36) ?? '';
    expect(uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(uuid).not.toMatch(/^0{8}/);
    expect(lines.map((line) => line.replace(uuid, 'U'))).toEqual([
      'U INFO     repl_run_consumer_refresh [ 100ms | 50.00% / 100.00% ] server_name: idm-a',
      'U INFO     ┝━ consumer_apply_refresh_v1 [ 50.0ms | 25.00% / 50.00% ]',
      'U INFO     │  ┝━ reindex [ 25.0ms | 25.00% ]',
      'U INFO     │  │  ┕━ ｉ [info]: started',
      'U WARN     │  ┕━ 🚧 [warn]: Using domain uuid',
      'U INFO     ┕━ ｉ [info]: done',
    ]);
  });

  it('prints durations with three digits', () => {
    expect([0.00679, 0.573, 2.12, 66.5, 123, 1204].map(duration)).toEqual([
      '6.79µs',
      '573µs',
      '2.12ms',
      '66.5ms',
      '123ms',
      '1.20s',
    ]);
  });
});
