import { expect, it } from 'vitest';
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
