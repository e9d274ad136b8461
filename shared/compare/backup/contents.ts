import { type BackupEntry, compareMoments, type Moment } from './backup';

/** What a database holds, in numbers a person can decide by: whose it is to lose. */
export interface Contents {
  readonly people: number;
  readonly serviceAccounts: number;
  readonly groups: number;
  /** When one of these was changed last; null: there is none. */
  readonly changedAt: Moment | null;
}

export const noContents: Contents = { people: 0, serviceAccounts: 0, groups: 0, changedAt: null };

const counted: Readonly<Record<string, 'people' | 'serviceAccounts' | 'groups'>> = {
  person: 'people',
  'service account': 'serviceAccounts',
  group: 'groups',
};

/** The contents with one more entry: deleted ones, and those nobody has made but Kanidm itself, do not count. */
export function withEntry(contents: Contents, entry: BackupEntry): Contents {
  const kind = counted[entry.type];
  if (kind === undefined || entry.state !== 'live' || isBuiltIn(entry)) return contents;
  const moments = [entry.at, ...entry.changes.values()].map(({ at }) => at);
  const newest = moments.reduce<Moment | null>(
    (last, at) => (last === null || compareMoments(at, last) > 0 ? at : last),
    contents.changedAt,
  );
  return { ...contents, [kind]: contents[kind] + 1, changedAt: newest };
}

/** Kanidm's own accounts and groups have the lowest uuids, on every server the same (source 1.10.5, 1.11.1). */
const isBuiltIn = ({ uuid }: BackupEntry): boolean => uuid.startsWith('00000000-0000-0000-0000-');

/** `7 people, 1 service account and 43 groups, last changed on 2026-11-23`. */
export function contentsInWords({ people, serviceAccounts, groups, changedAt }: Contents): string {
  const count = (number: number, one: string, many: string): string =>
    `${number} ${number === 1 ? one : many}`;
  const parts = [
    count(people, 'person', 'people'),
    count(serviceAccounts, 'service account', 'service accounts'),
    count(groups, 'group', 'groups'),
  ];
  const when =
    changedAt === null
      ? ''
      : `, last changed on ${new Date(changedAt.secs * 1000).toISOString().slice(0, 10)}`;
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}${when}`;
}
