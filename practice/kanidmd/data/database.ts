import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { KeyCert } from '../certificate';
import type { Version } from '../versions';
import {
  compareMoments,
  mergeRuv,
  momentAfter,
  withChanges,
  withMoments,
  type Cid,
  type KnownChanges,
  type Moment,
  type Ruv,
} from './cid';
import { applyChange, builtInEntries, changeSince, type Entry, type EntryChange } from './entry';

const moment = z.object({ secs: z.number(), nanos: z.number() });
const cid = z.object({ s: z.string(), t: moment });
const attrs = z.record(z.string(), z.record(z.string(), z.unknown()));
/** An entry, or the changes of one, as stored and as sent. */
export const entrySchema = z.object({ uuid: z.string(), at: cid, changes: z.record(z.string(), cid), attrs });
export const ruvSchema = z.record(z.string(), moment);
export const knownSchema = z.record(z.string(), z.array(moment));

const contentSchema = z.object({
  practice: z.literal(1),
  version: z.string(),
  domainName: z.string(),
  domainUuid: z.string(),
  domainLevel: z.number(),
  serverUuid: z.string(),
  newest: moment,
  ruv: ruvSchema,
  known: knownSchema,
  entries: z.array(entrySchema),
  keyCert: z.object({ certificate: z.string(), key: z.string() }).nullable(),
});

/** Everything a server keeps. */
export type Content = z.infer<typeof contentSchema>;

/** What a refresh brings: the supplier's whole database but its server uuid and certificate. */
export type RefreshData = Pick<
  Content,
  'domainName' | 'domainUuid' | 'domainLevel' | 'newest' | 'ruv' | 'known' | 'entries'
>;

/**
 * One server's database: a JSON file, replaced as a whole at each change, so that a kill at any moment leaves the
 * old or the new one.
 */
export class Database {
  private constructor(
    private readonly path: string,
    private content: Content,
    /** Whether the file did not exist and was made. */
    readonly fresh: boolean,
  ) {}

  /**
   * Opens the file at `path`, or makes it with a fresh domain uuid and the built-in entries.
   * @returns the database, or why it can't be opened.
   */
  static open(path: string, domain: string, version: Version, now: Date): Database | string {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return String(error);
      return Database.create(path, freshContent(domain, version, now));
    }
    const parsed = parseContent(text);
    return typeof parsed === 'string' ? `${path}: ${parsed}` : new Database(path, parsed, false);
  }

  /** Writes `content` to `path`, whatever was there. */
  static create(path: string, content: Content): Database | string {
    const database = new Database(path, content, true);
    try {
      database.save();
    } catch (error) {
      return String(error);
    }
    return database;
  }

  /** A view of what is stored; change it through the methods only. */
  get now(): Readonly<Content> {
    return this.content;
  }

  /** Marks a moment of this server: what it had said before and lost with an older file is not asked for again. */
  anchor(date: Date): Cid {
    const t = momentAfter(date, this.content.newest);
    const cid = { s: this.content.serverUuid, t };
    const { ruv, known } = this.content;
    this.content = {
      ...this.content,
      newest: t,
      ruv: mergeRuv(ruv, { [cid.s]: t }),
      known: { ...known, [cid.s]: withMoments(known[cid.s] ?? [], [t]) },
    };
    this.save();
    return cid;
  }

  /** Adds or replaces an entry made by `change` at a new moment. */
  write(date: Date, change: (cid: Cid) => Entry): Entry {
    const entry = change(this.anchor(date));
    const others = this.content.entries.filter((one) => one.uuid !== entry.uuid);
    this.content = { ...this.content, entries: [...others, entry] };
    this.save();
    return entry;
  }

  setKeyCert(keyCert: KeyCert): void {
    this.content = { ...this.content, keyCert };
    this.save();
  }

  /** The changes a consumer who knows `known` is missing. */
  changesSince(known: Ruv): EntryChange[] {
    return this.content.entries.flatMap((entry) => changeSince(entry, known) ?? []);
  }

  /** Applies a supplier's changes in one step. @returns how many entries changed. */
  apply(changes: readonly EntryChange[], ruv: Ruv, theirs: KnownChanges): number {
    const merged = mergeRuv(this.content.ruv, ruv);
    if (changes.length === 0 && JSON.stringify(merged) === JSON.stringify(this.content.ruv)) return 0;
    const entries = new Map(this.content.entries.map((entry) => [entry.uuid, entry]));
    for (const change of changes) entries.set(change.uuid, applyChange(entries.get(change.uuid), change));
    const newest = latest([this.content.newest, ...Object.values(merged)]);
    const known = withChanges(this.content.known, theirs, this.content.ruv);
    this.content = { ...this.content, entries: [...entries.values()], ruv: merged, known, newest };
    this.save();
    return changes.length;
  }

  /** What a refresh of a consumer takes from here. */
  refreshData(): RefreshData {
    const { domainName, domainUuid, domainLevel, newest, ruv, known, entries } = this.content;
    return { domainName, domainUuid, domainLevel, newest, ruv, known, entries };
  }

  /** Erases everything and takes the supplier's data, in one step. It is another server from then on (source 1.10.5), with its certificate. */
  replace(data: RefreshData): void {
    const newest = latest([this.content.newest, data.newest]);
    this.content = { ...this.content, ...data, newest, serverUuid: randomUUID() };
    this.save();
  }

  /** Raises an older database to the level of the program, as a start after an upgrade does. */
  migrate(version: Version): boolean {
    if (this.content.domainLevel >= version.domainLevel && this.content.version === version.id) return false;
    this.content = {
      ...this.content,
      version: version.id,
      domainLevel: Math.max(this.content.domainLevel, version.domainLevel),
    };
    this.save();
    return true;
  }

  private save(): void {
    const temporary = `${this.path}.${String(process.pid)}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(this.content));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.path);
  }
}

/** What a server that never ran holds. */
function freshContent(domain: string, version: Version, date: Date): Content {
  const [serverUuid, domainUuid] = [randomUUID(), randomUUID()];
  const t = momentAfter(date, { secs: 0, nanos: 0 });
  return {
    practice: 1,
    version: version.id,
    domainName: domain,
    domainUuid,
    domainLevel: version.domainLevel,
    serverUuid,
    newest: t,
    ruv: { [serverUuid]: t },
    known: { [serverUuid]: [t] },
    entries: builtInEntries(domain, domainUuid, version.domainLevel, { s: serverUuid, t }),
    keyCert: null,
  };
}

function parseContent(text: string): Content | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'file is not a database';
  }
  const parsed = contentSchema.safeParse(value);
  return parsed.success ? parsed.data : 'file is not a database';
}

function latest(moments: readonly Moment[]): Moment {
  return moments.reduce((a, b) => (compareMoments(a, b) >= 0 ? a : b));
}
