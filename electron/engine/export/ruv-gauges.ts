import type { Registry } from 'prom-client';
import { type RuvReport, ruvState } from '../../../shared/ruv/ruv';
import { makeGauge } from './gauge';

/**
 * How far changes have come, for Prometheus: of servers as states, of pulls as numbers that are absent while they are not
 * known. A number of an old look is not one.
 * @param servers of the fleet, by their ids.
 * @param seen what is believed of the last look; null: nobody looked, or it is too old.
 */
export function addRuvGauges(
  registry: Registry,
  servers: () => readonly string[],
  seen: () => RuvReport | null,
): void {
  makeGauge(
    registry,
    'kanilink_ruv_state',
    'What a look at how far changes have come found of a server has 1; went-back: it was restored to an older copy.',
    ['server', 'state'],
    (gauge) => {
      const states = new Map(seen()?.servers.map((it) => [it.server, it.state]));
      for (const server of servers())
        for (const state of ruvState.options)
          gauge.set({ server, state }, (states.get(server) ?? 'unknown') === state ? 1 : 0);
    },
  );
  makeGauge(
    registry,
    'kanilink_ruv_not_read',
    'A server that the last look did not read has 1, by why: ruv-large waits for a start of it or a partner, ruv-too-large, ruv-little-memory and ruv-no-database wait until somebody asks.',
    ['server', 'reason'],
    (gauge) => {
      for (const { server, code } of seen()?.servers ?? [])
        if (code !== undefined) gauge.set({ server, reason: code }, 1);
    },
  );
  for (const { name, help, of } of BEHIND)
    makeGauge(registry, name, help, ['consumer', 'supplier'], (gauge) => {
      for (const pull of seen()?.pulls ?? []) {
        const { consumer, supplier } = pull;
        const value = pull[of];
        if (value !== null) gauge.set({ consumer, supplier }, value);
      }
    });
}

const BEHIND = [
  {
    name: 'kanilink_pull_behind_changes',
    help: 'Changes that the supplier knows and the consumer lacks, by the last look; absent: not known.',
    of: 'changes',
  },
  {
    name: 'kanilink_pull_behind_seconds',
    help: 'Age of the oldest of them at that look, 0: none is missing; absent: not known.',
    of: 'seconds',
  },
] as const;
