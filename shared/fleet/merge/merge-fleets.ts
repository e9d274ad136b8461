import { readFleet } from '../read/read-fleet';
import type { Problem } from '../../base/problem';
import { entriesOf, type Entry, textOf } from './entries';
import { inOrder } from './in-order';
import { mergeMoved } from './merge-moved';

/** Three versions of a fleet file. */
export interface Versions {
  /** The one both others were made from: what was saved last. */
  readonly base: string;
  /** What the window holds. */
  readonly mine: string;
  /** What somebody else put on the disk. */
  readonly theirs: string;
}

/** An entry that both sides changed, each in a way of its own. Null: it is not there. */
export interface Collision {
  readonly key: string;
  readonly title: string;
  readonly mine: string | null;
  readonly theirs: string | null;
}

export interface Change {
  readonly title: string;
  readonly how: 'new' | 'changed' | 'removed';
}

export type Side = 'mine' | 'theirs';

export interface Merge {
  /** Both sides' changes together. A collision that is not decided stands as mine. */
  readonly text: string;
  /** What a person has to decide. */
  readonly collisions: readonly Collision[];
  /** What theirs changed. */
  readonly changes: readonly Change[];
  /** Errors of the whole that neither side has by itself: a new link to a server that the other side removed. */
  readonly problems: readonly Problem[];
}

/**
 * Joins two versions of a fleet file that were made from one, entry by entry: top-level keys, servers, links, removed
 * servers, lone comments. Where only one side changed an entry, that side's lines are taken as they are, comments too;
 * a server that one side moved on the canvas and the other changed is both. Everything else that both changed collides.
 *
 * @param decided whose a collision is to be, by its key
 */
export function mergeFleets(versions: Versions, decided: ReadonlyMap<string, Side> = new Map()): Merge {
  const { base, mine, theirs } = versions;
  const [b, m, t] = [entriesOf(plain(base)), entriesOf(plain(mine)), entriesOf(plain(theirs))];
  const changes = b === null || t === null ? [WHOLE_CHANGED] : changesOf(b, t);
  if (mine === theirs || theirs === base) return { text: mine, collisions: [], changes, problems: [] };
  if (mine === base) return { text: theirs, collisions: [], changes, problems: [] };
  if (b === null || m === null || t === null) return asWhole(versions, changes, decided);
  const taken: Entry[] = [];
  const collisions: Collision[] = [];
  const find = { base: byKey(b), mine: byKey(m), theirs: byKey(t) };
  for (const key of new Set([...find.theirs.keys(), ...find.mine.keys()])) {
    const [own, other] = [find.mine.get(key), find.theirs.get(key)];
    const joined = join(find.base.get(key), own, other);
    const side = decided.get(key) ?? 'mine';
    const entry = joined === 'collision' ? (side === 'mine' ? own : other) : joined;
    if (entry !== undefined) taken.push(entry);
    const { title = key } = own ?? other ?? {};
    if (joined === 'collision')
      collisions.push({ key, title, mine: own?.text ?? null, theirs: other?.text ?? null });
  }
  const text = likeTheirs(textOf(inOrder(taken, t, m)), theirs);
  // Two halves may not make a whole in ways nobody thought of: then a person decides about the file.
  if (entriesOf(plain(text)) === null) return asWhole(versions, changes, decided);
  return { text, collisions, changes, problems: newErrors(text, versions) };
}

/** What the entry is when both sides are joined; undefined: it is gone. */
function join(
  base: Entry | undefined,
  mine: Entry | undefined,
  theirs: Entry | undefined,
): Entry | undefined | 'collision' {
  if (mine?.text === theirs?.text) return theirs;
  if (mine?.text === base?.text) return theirs;
  if (theirs?.text === base?.text) return mine;
  if (!base || !mine || !theirs) return 'collision';
  const text = mergeMoved(base.text, mine.text, theirs.text);
  return text === null ? 'collision' : { ...theirs, text };
}

const WHOLE = 'the whole file';
const WHOLE_CHANGED: Change = { title: WHOLE, how: 'changed' };

/** Where a version is no TOML, or is written in a way that is not taken apart, one of them counts as a whole. */
function asWhole(
  { mine, theirs }: Versions,
  changes: readonly Change[],
  decided: ReadonlyMap<string, Side>,
): Merge {
  const text = decided.get(WHOLE) === 'theirs' ? theirs : mine;
  return { text, collisions: [{ key: WHOLE, title: WHOLE, mine, theirs }], changes, problems: [] };
}

function changesOf(base: readonly Entry[], theirs: readonly Entry[]): readonly Change[] {
  const [before, after] = [byKey(base), byKey(theirs)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): Change[] => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was?.text === is?.text) return [];
    const title = is?.title ?? was?.title ?? key;
    return [{ title, how: was === undefined ? 'new' : is === undefined ? 'removed' : 'changed' }];
  });
}

function newErrors(text: string, { mine, theirs }: Versions): readonly Problem[] {
  const known = new Set([mine, theirs].flatMap((one) => readFleet(one, null).problems.map(said)));
  return readFleet(text, null).problems.filter((it) => it.severity === 'error' && !known.has(said(it)));
}

const said = ({ code, message }: Problem): string => `${code} ${message}`;
const byKey = (entries: readonly Entry[]): ReadonlyMap<string, Entry> =>
  new Map(entries.map((entry) => [entry.key, entry]));

const MARK = '\uFEFF';
const plain = (text: string): string =>
  (text.startsWith(MARK) ? text.slice(1) : text).replaceAll('\r\n', '\n');

/** With the line ends and the byte order mark of the file on disk. */
function likeTheirs(text: string, theirs: string): string {
  const ended = theirs.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
  return theirs.startsWith(MARK) ? MARK + ended : ended;
}
