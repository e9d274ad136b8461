import { describe, expect, it } from 'vitest';
import { readLog } from '../kanidmd/rounds';
import { judgePull } from './judge';

const SECOND = 1_000_000;
const NOW = 1_000 * SECOND;
type Said = readonly [secondsAgo: number, text: string];
const log = (...lines: readonly Said[]) =>
  readLog(
    lines.map(([ago, text]) => ({ at: NOW - ago * SECOND, text })),
    NOW - 600 * SECOND,
    NOW,
  );
const ROUND = '00000001-0000-4000-8000-000000000000';
const head = (took: string) =>
  `${ROUND} INFO     repl_run_consumer [ ${took} | 10.00% / 100.00% ] server_name: "idm-b.example.com" | sock_addrs: [192.0.2.1:8444]`;
const SUCCESS = `${ROUND} INFO     ┕━ i [info]: Incremental Replication Success | ruv: 1`;
const LAGGING =
  '00000002-0000-4000-8000-000000000000 ERROR    ┕━ 🚨 [error]: Supplier is lagging and must be investigated.';

/** The newest round ended 5 s ago. */
const judged = (took: string, ...supplier: readonly Said[]) =>
  judgePull({
    ...{ consumer: 'idm-a', supplier: 'idm-b', supplierHost: 'idm-b.example.com', supplierPort: 8444 },
    ...{ consumerDomain: 'd', supplierDomain: 'd', consumerState: 'running', supplierState: 'running' },
    ...{ pollInterval: 15, now: NOW },
    consumerLog: log([5, head(took)], [5, SUCCESS]),
    supplierLog: log(...supplier),
  });

it('what a supplier says while a long round runs counts against that round', () => {
  expect(judged('12.0s').health).toBe('replicating');
  expect(judged('12.0s', [15, LAGGING]).health).not.toBe('replicating');
  expect(judged('4.00ms', [15, LAGGING]).health).toBe('replicating');
});

describe('a consumer whose log shows no round', () => {
  const silent = (consumerVersion: string | null, ...lines: readonly Said[]) =>
    judgePull({
      ...{ consumer: 'idm-a', supplier: 'idm-b', supplierHost: 'idm-b.example.com', supplierPort: 8444 },
      ...{ consumerDomain: 'd', supplierDomain: 'd', consumerState: 'running', supplierState: 'running' },
      ...{ pollInterval: 15, now: NOW, consumerVersion },
      consumerLog: log(...lines),
      supplierLog: log(),
    });

  it('is told what stands against a proof where its version does not tell of rounds', () => {
    const { health, cause, fix } = silent('1.6.4');
    expect(health).toBe('unknown');
    expect(cause).toContain('kanidmd 1.6.4');
    expect(fix).toContain('log_level = "debug"');
    expect(silent('1.6.4', [5, head('4.00ms')], [5, SUCCESS]).health).toBe('replicating');
    for (const other of ['1.6.2', '1.7.0', null])
      expect(silent(other).cause).toContain('shows no round with idm-b');
  });
});

describe('an error that nobody knows, said by the supplier while it answers', () => {
  const NIL = '00000000-0000-0000-0000-000000000000';
  const ANSWER = '00000003-0000-4000-8000-000000000000';
  const answerHead = (level: string) => `${ANSWER} ${level.padEnd(8)} handle_repl_conn [ 4.00ms | 100.00% ]`;
  const within = (text: string) => `${ANSWER} ERROR    ┕━ 🚨 [error]: ${text}`;
  const outside = (text: string) => `${NIL} ERROR    🚨 [error]: ${text}`;
  const LEFT_OUT = '4711 entries could not be read and were left out';

  it.each<[string, readonly Said[]]>([
    [
      'in its span, up to 1.6.1',
      [
        [5, answerHead('INFO')],
        [5, within(LEFT_OUT)],
      ],
    ],
    [
      'in its span, at level debug since',
      [
        [5, answerHead('DEBUG')],
        [5, within(LEFT_OUT)],
      ],
    ],
    ['without a span, by its words', [[5, outside(`Replication - ${LEFT_OUT}`)]]],
    [
      'without a span, of the connection',
      [[5, outside('supplier encode error, unable to continue. | err: Os { code: 32 }')]],
    ],
  ])('makes a good round no proof: %s', (_where, said) => {
    const pull = judged('4.00ms', ...said);
    expect(pull.health).toBe('unknown');
    expect(pull.cause).toMatch(/^idm-b: .*(4711 entries|encode error)/);
    expect(pull.proof).toContainEqual(expect.objectContaining({ server: 'idm-b' }));
  });

  it.each<[string, readonly Said[]]>([
    [
      'before the round',
      [
        [60, answerHead('INFO')],
        [60, within(LEFT_OUT)],
      ],
    ],
    [
      'after the round',
      [
        [1, answerHead('INFO')],
        [1, within(LEFT_OUT)],
      ],
    ],
    [
      'of another span',
      [
        [5, `${ANSWER} INFO     handle_search [ 4.00ms | 100.00% ]`],
        [5, within(LEFT_OUT)],
      ],
    ],
    ['of something else without a span', [[5, outside('Failed to create TLS stream | err: AlertReceived')]]],
    [
      'of a client that asked nothing',
      [
        [5, answerHead('INFO')],
        [5, within('Replication TLS accept error, disconnecting client | err: eof')],
      ],
    ],
  ])('says nothing of a round when it is %s', (_what, said) => {
    expect(judged('4.00ms', ...said).health).toBe('replicating');
  });

  it('keeps a round that failed broken', () => {
    const failed = `${ROUND} ERROR    ┕━ 🚨 [error]: Consumer connection closed, unable to continue.`;
    const pull = judgePull({
      ...{ consumer: 'idm-a', supplier: 'idm-b', supplierHost: 'idm-b.example.com', supplierPort: 8444 },
      ...{ consumerDomain: 'd', supplierDomain: 'd', consumerState: 'running', supplierState: 'running' },
      ...{ pollInterval: 15, now: NOW },
      consumerLog: log([5, head('4.00ms')], [5, failed]),
      supplierLog: log([5, answerHead('INFO')], [5, within(LEFT_OUT)]),
    });
    expect(pull.health).toBe('broken');
  });

  it('is not taken for a reason of the pulls of the server that said it', () => {
    const pull = judgePull({
      ...{ consumer: 'idm-a', supplier: 'idm-b', supplierHost: 'idm-b.example.com', supplierPort: 8444 },
      ...{ consumerDomain: 'd', supplierDomain: 'd', consumerState: 'running', supplierState: 'running' },
      ...{ pollInterval: 15, now: NOW },
      consumerLog: log([5, answerHead('INFO')], [5, within(LEFT_OUT)]),
      supplierLog: log(),
    });
    expect(pull.cause).toMatch(/shows no round/);
  });
});
