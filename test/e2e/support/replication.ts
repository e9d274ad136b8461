import type { PracticeServer } from './practice-server';
import { until } from './until';

/**
 * Waits until the servers themselves show that they replicate: one domain everywhere, and on every server a good
 * incremental round from every one of its partners that is younger than the last refresh of any of them.
 *
 * @param servers who is asked
 * @param pulls consumer and supplier by id; without it, every server from every other one
 * @param limitMs milliseconds
 * @returns the domain's uuid
 */
export async function untilReplicating(
  servers: readonly PracticeServer[],
  limitMs: number,
  pulls: readonly (readonly [consumer: string, supplier: string])[] = everyPair(servers),
): Promise<string> {
  const uuids = await until(
    'all servers are in one domain',
    async () => {
      const seen = await Promise.all(servers.map((server) => server.domainUuid()));
      return new Set(seen).size === 1 && seen;
    },
    limitMs,
  );
  const refreshed = Math.max(0, ...servers.flatMap((server) => refreshes(server).map(({ at }) => at)));
  for (const [consumer, supplier] of pulls) {
    const server = servers.find(({ id }) => id === consumer);
    if (server === undefined) throw new Error(`there is no server ${consumer}`);
    await until(
      `${consumer} has pulled from ${supplier} since the last refresh`,
      () => server.rounds().some((round) => isFresh(round, `${supplier}.localhost`, refreshed)),
      limitMs,
    );
  }
  return uuids[0] ?? '';
}

/** A server's refreshes that worked, oldest first. */
export const refreshes = (server: PracticeServer): ReturnType<PracticeServer['rounds']> =>
  server.rounds().filter(({ kind, good }) => kind === 'refresh' && good);

type Round = ReturnType<PracticeServer['rounds']>[number];

const isFresh = (round: Round, supplier: string, since: number): boolean =>
  round.kind === 'incremental' && round.good && round.supplier === supplier && round.at > since;

const everyPair = (servers: readonly PracticeServer[]): (readonly [string, string])[] =>
  servers.flatMap((consumer) =>
    servers
      .filter((supplier) => supplier !== consumer)
      .map((supplier) => [consumer.id, supplier.id] as const),
  );
