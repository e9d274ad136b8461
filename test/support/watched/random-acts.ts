import type { WatchedWorld } from './world';

/** What people and networks do to a fleet, by its name, and how often it is done beside the others. */
const ACTS: readonly (readonly [name: string, weight: number, does: Act])[] = [
  ['start', 4, ({ world, id }) => world.at(id).server.start()],
  ['stop', 3, ({ world, id }) => world.at(id).server.stop()],
  ['restart', 2, ({ world, id }) => (world.at(id).server.stop(), world.at(id).server.start())],
  ['cut', 3, ({ world, id, other }) => world.cut(id, other, true)],
  ['mend the cut', 3, ({ world, id, other }) => world.cut(id, other, false)],
  ['cut the desk off', 2, ({ world, id }) => world.desk(id, 'cut')],
  ['silence', 2, ({ world, id }) => world.desk(id, 'silent')],
  ['mend the desk', 4, ({ world, id }) => world.desk(id, 'there')],
  ['wipe', 1, ({ world, id }) => world.wipe(id)],
  ['copy', 4, ({ world, id }) => (world.at(id).copy = world.at(id).data)],
  ['restore', 3, ({ world, id }) => world.putBack(id, world.at(id).copy ?? world.at(id).data)],
  ['renew', 2, ({ world, id }) => world.renew(id)],
  ['re-pin', 3, ({ world, id }) => world.configure(id)],
  ['rename', 1, ({ world, id }) => world.rename(id)],
  ['break logins', 2, ({ world, id, pick }) => (world.at(id).logins = pick(['broken', 'strangers']))],
  ['expire anonymous', 1, ({ world, id }) => (world.at(id).logins = 'no-anonymous')],
  ['mend logins', 3, ({ world, id }) => (world.at(id).logins = 'work')],
  ['renew HTTPS', 1, ({ world, id }) => world.renewWeb(id)],
  ['refresh', 2, ({ world, id }) => world.refresh(id)],
  ['write', 14, ({ world, id }) => world.write(id)],
  ['heal all', 9, ({ world }) => heal(world)],
];

type Act = (at: {
  readonly world: WatchedWorld;
  readonly id: string;
  readonly other: string;
  readonly pick: <T>(from: readonly T[]) => T;
}) => unknown;

/** Does one thing at random. @returns what it was. */
export function actAtRandom(world: WatchedWorld, random: () => number): string {
  const pick = <T>(from: readonly T[]): T => {
    const found = from[Math.floor(random() * from.length)];
    if (found === undefined) throw new Error('there is something to pick');
    return found;
  };
  const ids = [...world.beings.keys()];
  const id = pick(ids);
  const other = pick(ids.filter((it) => it !== id));
  const [name, , does] = pick(ACTS.flatMap((it) => Array.from({ length: it[1] }, () => it)));
  does({ world, id, other, pick });
  return `${name} ${id} ${other}`;
}

/** The operator puts all in order: the first server's data win wherever data have parted. */
export function heal(world: WatchedWorld): void {
  const ids = [...world.beings.keys()];
  for (const id of ids) {
    const being = world.at(id);
    being.logins = 'work';
    world.desk(id, 'there');
    for (const other of ids) world.cut(id, other, false);
    being.server.start();
  }
  for (const id of ids) world.configure(id);
  for (const id of ids.slice(1)) if (!world.isWholeWith(id, ids[0] ?? id)) world.refresh(id);
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
