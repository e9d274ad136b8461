import { z } from 'zod';
import { asOne } from '../../../shared/history/as-one';
import {
  DEFAULT_BOUND,
  fleetGlance,
  type FleetGlance,
  type FleetHistory,
  MOST_COLUMNS,
  MOST_STRETCHES,
  type Stretch,
} from '../../../shared/history/history';
import { serverState } from '../../../shared/observed/status';
import type { Database } from './driver';
import { oldestOf, readBound, sizeOf } from './keep-bound';
import { type Columns, readPull } from './read-pull';
import { type Bites, eventsOf, loginsOf, seenOf, timesOf } from './read-rows';
import { jsonOf } from '../base/json';

/** Which stretch of which fleet file's history. */
export type Asked = Stretch & { readonly path: string };

const subjectRow = z.object({ id: z.number(), consumer: z.string(), supplier: z.string() });

/** Reads a stretch of a fleet's history. Throws where the file holds what Kanilink never wrote. */
export function* readHistory(asked: Asked): Bites<Omit<FleetHistory, 'trouble'>> {
  const { path, from, to } = asked;
  const step = Math.max(1, Math.ceil((to - from) / Math.max(1, Math.min(asked.columns, MOST_COLUMNS))));
  let subjects: readonly z.output<typeof subjectRow>[] = [];
  const kept: Pick<FleetHistory, 'bound' | 'bytes' | 'oldest'> = {
    ...{ bound: DEFAULT_BOUND, bytes: 0, oldest: null },
  };
  yield (database) => {
    subjects = z.array(subjectRow).parse(
      database
        .prepare(
          `SELECT subject.id, consumer, supplier FROM subject JOIN fleet ON fleet.id = subject.fleet
           WHERE path = ? ORDER BY consumer, supplier LIMIT 700`,
        )
        .all(path),
    );
    const [bound, bytes] = [readBound(database), sizeOf(database).file];
    Object.assign(kept, { bound, bytes, oldest: oldestOf(database) });
  };
  const pulls: FleetHistory['pulls'][number][] = [];
  for (const subject of subjects.filter(({ supplier }) => supplier !== '').slice(0, 500))
    pulls.push(yield* readPull(subject, { from, to, step }));
  const servers: FleetHistory['servers'][number][] = [];
  for (const { id, consumer } of subjects.filter(({ supplier }) => supplier === '').slice(0, 200))
    servers.push(yield* readServer(id, consumer, { from, to, step }));
  const events = yield* eventsOf(path, { from, to });
  return { ...{ from, to, step, pulls, servers, events }, ...kept };
}

/** From the gravest on: who was not reached may be well, who stands still is not. */
const STATES = ['stopped', 'unreachable', 'running'] as const;

function* readServer(subject: number, id: string, asked: Columns): Bites<FleetHistory['servers'][number]> {
  const raw = yield* seenOf(subject, asked);
  // A word that this Kanilink does not know says nothing.
  const seen = raw.flatMap(({ from, to, word }) => {
    const state = serverState.safeParse(word);
    return state.success ? [{ from, to, state: state.data }] : [];
  });
  const told = asOne(
    seen,
    ({ state }) => STATES.indexOf(state),
    (one, other) => one.state === other.state,
  );
  const serves = yield* loginsOf(subject, asked, ['broken', 'unknown', 'serves'] as const);
  return { id, seen: told.slice(-MOST_STRETCHES), serves, starts: yield* timesOf('start', subject, asked) };
}

/** Fleets as their last watch left them, the one watched last first. */
export function readGlances(database: Database): readonly FleetGlance[] {
  const rows = database.prepare('SELECT path, name, at, glance FROM fleet ORDER BY at DESC LIMIT 100').all();
  return rows.flatMap(({ path, name, at, glance }) => {
    const read = fleetGlance.safeParse({ ...parsed(glance), path, name, at });
    return read.success ? [read.data] : [];
  });
}

function parsed(text: unknown): object {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null ? value : {};
}
