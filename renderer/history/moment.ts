import { describePull } from '../../shared/fleet/model/fleet';
import { eventWords } from '../../shared/events/words';
import type { FleetHistory } from '../../shared/history/history';
import type { Health } from '../../shared/kanidmd/health';
import type { ServerState } from '../../shared/observed/status';
import type { LoginsState, ServesState } from '../../shared/serves/serves';
import { span } from '../base/words';
import { healthWords } from '../live/pull-view';
import { type DrawnColumn, type DrawnPull, lagWords, loginsWords } from './history-rows';

/** Around a moment so much of what happened is told, and of what the servers logged, in milliseconds. */
export const HAPPENED_AROUND = 10 * 60_000;
export const LOGGED_AROUND = 60_000;

/** What was known at a moment. */
export interface MomentFacts {
  readonly pulls: readonly {
    readonly name: string;
    /** Null: nobody watched it then. */
    readonly health: Health | null;
    readonly cause: string;
    /** How far the consumer was behind when it was read in this stretch; empty: it was not. */
    readonly lag: string;
  }[];
  /** `state` null: nobody watched it then. */
  readonly servers: readonly { readonly id: string; readonly state: ServerState | null }[];
  /** What looks at HTTPS and logins proved, servers first. */
  readonly logins: readonly {
    readonly name: string;
    /** Null: nobody looked then. */
    readonly state: LoginsState | ServesState | null;
    readonly cause: string;
  }[];
  /** In order. */
  readonly happened: readonly { readonly at: number; readonly text: string }[];
}

/** @param deploys of the journals, with their times */
export function momentOf(
  history: FleetHistory,
  at: number,
  deploys: readonly { readonly at: number; readonly text: string }[],
): MomentFacts {
  const then = <T extends { readonly from: number; readonly to: number }>(
    seen: readonly T[],
  ): T | undefined => seen.find(({ from, to }) => from <= at && to >= at);
  const happened = [
    ...history.events.map((event) => ({ at: event.at, text: eventWords(event) })),
    ...history.servers.flatMap(({ id, starts }) =>
      starts.map((start) => ({ at: start, text: `kanidmd started on ${id}` })),
    ),
    ...deploys.filter((deploy) => deploy.at >= history.from && deploy.at <= history.to),
  ];
  return {
    pulls: history.pulls.map((pull) => {
      const one = then(pull.seen);
      const read = pull.columns.find(({ lagChanges }) => lagChanges !== null);
      return {
        ...{ name: describePull(pull), health: one?.health ?? null, cause: one?.cause ?? '' },
        lag: read === undefined ? '' : lagWords(read),
      };
    }),
    servers: history.servers.map(({ id, seen }) => ({ id, state: then(seen)?.state ?? null })),
    logins: [
      ...history.servers.map(({ id, serves }) => [id, then(serves)] as const),
      ...history.pulls.map((pull) => [describePull(pull), then(pull.logins)] as const),
    ].map(([name, one]) => ({ name, state: one?.state ?? null, cause: one?.cause ?? '' })),
    happened: happened.sort((one, other) => one.at - other.at),
  };
}

/** What a column of every pull says, for who does not see the chart. */
export const columnWords = (pulls: readonly DrawnPull[], n: number): string =>
  pulls.map(({ name, pull, columns }) => `${name}: ${wordsOf(pull, columns[n])}`).join('; ');

function wordsOf(pull: DrawnPull['pull'], column: DrawnColumn | undefined): string {
  if (column === undefined) return 'not watched';
  const [lag, logins] = [lagWords(column), loginsWords(pull, column)];
  return [watchWords(column), lag === '' ? '' : `lacked ${lag}`, logins].filter((it) => it !== '').join(', ');
}

function watchWords({ watched, health, ageMs }: DrawnColumn): string {
  if (watched === 'none' || health === null) return 'not watched';
  const age = ageMs === null ? 'age not known' : `last good round ${span(ageMs)} old`;
  return `${healthWords(health)}, ${age}`;
}

/**
 * A time for the field it is typed in, local: `2026-11-29 19:05:07`. The field is one of text: what Chromium has for times
 * shows them as the system's language does, some without a day's 24 hours.
 */
export const fieldTime = (at: number): string => {
  const here = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 19).replace('T', ' ');
};

/** The time that was typed, seconds or not; NaN: it is not a time, or one that no clock shows. */
export function timeOfField(text: string): number {
  const [, day, time, seconds = ':00'] = /^\s*(\d{4}-\d\d-\d\d)[T ]+(\d\d:\d\d)(:\d\d)?\s*$/.exec(text) ?? [];
  const at = day && time ? new Date(`${day}T${time}${seconds}`).getTime() : NaN;
  return Number.isNaN(at) || fieldTime(at) !== `${day} ${time}${seconds}` ? NaN : at;
}
