import { z } from 'zod';
import type { BackupEntry, ChangeId } from './backup';
import { entryType } from './entry-type';

/** The last second that a date can be made of, whatever its fraction. */
const LAST_SECOND = 8.64e12 - 1;
export const moment = z.object({
  secs: z.number().int().min(0).max(LAST_SECOND),
  nanos: z.number().int().min(0).max(999_999_999),
});
/** A change identifier as backups write it: server and time. */
export const changeId = z
  .object({ s: z.string(), t: moment })
  .transform(({ s, t }): ChangeId => ({ server: s, at: t }));

const changeState = z.union([
  z.object({ V1Live: z.object({ at: changeId, changes: z.record(z.string(), changeId) }).strict() }).strict(),
  z.object({ V1Tombstone: z.object({ at: changeId }).strict() }).strict(),
]);

const entryShape = z.object({
  ent: z
    .object({
      V3: z.object({
        changestate: changeState,
        /** Each attribute's values under one tag of their type. */
        attrs: z.record(z.string(), z.record(z.string(), z.unknown())),
      }),
    })
    .strict(),
});

/**
 * Reads one entry of a backup: its change state and what names it.
 * @returns null when it has another form than the known one: then nothing may be compared.
 */
export function readEntry(value: unknown): BackupEntry | null {
  const parsed = entryShape.safeParse(value);
  if (!parsed.success) return null;
  const { changestate, attrs } = parsed.data.ent.V3;
  const uuid = texts(attrs['uuid'])[0]?.toLowerCase();
  if (uuid === undefined) return null;
  const classes = texts(attrs['class']);
  const live = 'V1Live' in changestate ? changestate.V1Live : null;
  return {
    uuid,
    name: nameOf(attrs) ?? uuid,
    type: entryType(classes),
    state: live === null ? 'tombstone' : classes.includes('recycled') ? 'recycled' : 'live',
    at: 'V1Live' in changestate ? changestate.V1Live.at : changestate.V1Tombstone.at,
    changes: new Map(Object.entries(live?.changes ?? {})),
  };
}

/** The change state in one text, the same for the same state whatever order its attributes are written in. */
export function canonicalState(entry: BackupEntry): string {
  const id = ({ server, at }: ChangeId): string => `${server}@${at.secs}.${at.nanos}`;
  const changes = [...entry.changes]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([attribute, change]) => `${attribute}=${id(change)}`);
  return [entry.state === 'tombstone' ? 'tombstone' : 'live', id(entry.at), ...changes].join(' ');
}

/** Only attributes that are names; a value of any other is never looked at. */
function nameOf(attrs: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string | null {
  for (const attribute of ['name', 'attributename', 'classname', 'spn', 'displayname']) {
    const text = texts(attrs[attribute])[0];
    if (text !== undefined) return text;
  }
  return null;
}

/** The texts among one attribute's values; an spn is written as name and domain. */
function texts(values: Readonly<Record<string, unknown>> | undefined): string[] {
  const list: unknown = values === undefined ? undefined : Object.values(values)[0];
  return (Array.isArray(list) ? list : [list]).flatMap((value: unknown) => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string'))
      return [value.join('@')];
    return [];
  });
}
