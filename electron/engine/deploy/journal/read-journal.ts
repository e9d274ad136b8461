import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Result, fail, ok } from '../../../../shared/base/result';
import { UnchangedFiles } from '../../storage/unchanged-files';
import { type Life, lifeOf, lifeOfNumber } from '../../storage/process-mark';
import { glanceAt, saidNotRunning, type Unread } from './glance';
import { deploysFolder, JOURNAL_FILE } from './journal';
import { type JournalEntry, journalEntry } from './journal-entry';
import { upgraded } from './upgrade';
import type { DeployOutcome } from '../../../../shared/plan/model/deploy';

type Header = Extract<JournalEntry, { kind: 'deploy' }>;

/** A deploy as its journal tells it. */
export interface DeployRecord {
  readonly deploy: string;
  readonly folder: string;
  readonly header: Header;
  readonly entries: readonly JournalEntry[];
  /** `running`: its program lives, or may where nobody here can look. `interrupted`: it ended without saying how. */
  readonly state: 'running' | 'interrupted' | 'finished';
  /** As `finished` says; null: it does not. */
  readonly outcome: DeployOutcome | null;
  /** The later deploy that finished or undid it; null: none. */
  readonly settledBy: string | null;
  /** The last line was cut off, as a power cut does. */
  readonly torn: boolean;
}

/** Reads one deploy's journal. A torn last line is no trouble; another unreadable line is. */
export function readJournal(folder: string): Promise<Result<DeployRecord>> {
  return recordOf(folder, async (path) => readLines(await readFile(path, 'utf8')));
}

/** What a journal's text says, or why it is no journal. */
type Lines = { readonly entries: readonly JournalEntry[]; readonly torn: boolean } | { readonly not: string };

function readLines(text: string): Lines {
  const entries: JournalEntry[] = [];
  let torn = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const entry = readLine(line);
    // Only what was being written when the power went may be torn. A later deploy may have said below that it settled it.
    if (entry === null) torn ||= index + 1;
    else if (torn > 0 && entry.kind !== 'settled') return { not: `line ${torn} is not a journal’s` };
    else entries.push(entry);
  }
  return { entries, torn: torn > 0 };
}

/** The record of what was read, as its program is now: whether that lives is asked each time. */
async function recordOf(
  folder: string,
  read: (path: string) => Promise<Lines>,
): Promise<Result<DeployRecord>> {
  let lines: Lines;
  try {
    lines = await read(join(folder, JOURNAL_FILE));
  } catch (error) {
    return fail(unreadable(folder, error instanceof Error ? error.message : String(error)));
  }
  if ('not' in lines) return fail(unreadable(folder, lines.not));
  const { entries, torn } = lines;
  const header = entries[0];
  if (header?.kind !== 'deploy') return fail(unreadable(folder, 'it does not begin with a deploy'));
  const finished = entries.find((it) => it.kind === 'finished');
  const settled = entries.find((it) => it.kind === 'settled');
  const over = finished !== undefined || (await lives(header, folder)) === 'dead';
  return ok({
    deploy: basename(folder),
    folder,
    header,
    entries,
    state: finished ? 'finished' : over ? 'interrupted' : 'running',
    outcome: finished?.outcome ?? null,
    settledBy: settled?.by ?? null,
    torn,
  });
}

/** All deploys of this machine, read at one moment: a call reads them once and passes them on. */
export interface PastDeploys {
  /** Newest first. */
  readonly deploys: readonly DeployRecord[];
  /** Those that cannot be read. */
  readonly unreadable: readonly Unread[];
}

/** Reads every journal under `configDir`; a folder that is not there holds none. */
export async function readDeploys(configDir: string): Promise<PastDeploys> {
  const names = await readdir(deploysFolder(configDir)).catch(() => []);
  const deploys: DeployRecord[] = [];
  const unreadable: Unread[] = [];
  for (const name of names.sort().reverse()) {
    const folder = join(deploysFolder(configDir), name);
    const record = await recordOf(folder, (path) => kept.read(path, readLines));
    if (record.ok) deploys.push(record.value);
    else unreadable.push(...[await glanceAt(name, folder)].filter((it) => it !== null));
  }
  return { deploys, unreadable };
}

/** A plan and the deploy that follows it read the same journals: those that did not change are opened once. */
const kept = new UnchangedFiles<Lines>(32 << 20);

/** A fleet as journals know it. */
export interface FleetKey {
  readonly path: string | null;
  readonly name: string;
}

/** What stands in the way of a new deploy of a fleet, wherever that is asked. */
export interface BlockingDeploys {
  /** Its newest deploy that ended without saying how, and that nothing settled since. */
  readonly interrupted: DeployRecord | null;
  /** Deploys that may be its own and may have been interrupted: their journals cannot be read. */
  readonly unreadable: readonly Unread[];
  /** Its newest deploy that runs, or may. */
  readonly running: DeployRecord | null;
}

/** What of the journals that were read stands in the way of a new deploy of a fleet. */
export function whatHolds({ deploys, unreadable }: PastDeploys, fleet: FleetKey): BlockingDeploys {
  return {
    interrupted: interruptedDeploy(deploys, fleet),
    unreadable: unreadable.filter((it) => !it.over && mayBeOf(it, fleet)),
    running: deploys.find((it) => isOf(it, fleet) && it.state === 'running') ?? null,
  };
}

/** The newest deploy of a fleet that ended without saying how, and that nothing settled since. */
export function interruptedDeploy(deploys: readonly DeployRecord[], fleet: FleetKey): DeployRecord | null {
  return deploys.find((it) => isOf(it, fleet) && it.state === 'interrupted' && it.settledBy === null) ?? null;
}

/** Whether a deploy was of this fleet: the same file, or, of a fleet that lies nowhere, the same name. */
export const isOf = (record: DeployRecord, fleet: FleetKey): boolean => isSame(record.header.fleet, fleet);

/** The same of a deploy whose journal cannot be read. When it does not say whose it is, it may be anybody's. */
export const mayBeOf = (it: Unread, fleet: FleetKey): boolean => it.fleet === null || isSame(it.fleet, fleet);

const isSame = (a: FleetKey, b: FleetKey): boolean =>
  a.path === b.path && (b.path !== null || a.name === b.name);

function readLine(line: string): JournalEntry | null {
  try {
    const read = journalEntry.safeParse(upgraded(JSON.parse(line)));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Whether a deploy's program lives. Where that cannot be known, a person may have said that it does not. */
async function lives(header: Header, folder: string): Promise<Life> {
  const configDir = dirname(dirname(folder));
  const life = await lifeOfWriter(header, configDir);
  // This very process: it says itself which of its deploys are not over.
  if (life === 'alive' && header.pid === process.pid) return running.has(header.deploy) ? 'alive' : 'dead';
  return life === 'unknown' && (await saidNotRunning(folder)) ? 'dead' : life;
}

function lifeOfWriter(header: Header, configDir: string): Promise<Life> {
  if (header.process !== undefined) return lifeOf(header.process, configDir);
  return lifeOfNumber(header.pid, header.host === hostname(), Date.parse(header.at));
}

/** The same of a deploy that was read. */
export const lifeOfDeploy = ({ header, folder }: DeployRecord): Promise<Life> => lives(header, folder);

/** Deploys of this very process that are not over. */
export const running = new Set<string>();

const unreadable = (folder: string, why: string) => ({
  code: 'journal-unreadable',
  message: `The deploy’s journal cannot be read: ${why}`,
  fix: 'Look into the folder by hand, or use the Kanilink that wrote it.',
  where: { file: folder },
});
