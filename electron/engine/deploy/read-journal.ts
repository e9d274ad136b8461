import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { type Result, fail, ok } from '../../../shared/result';
import { deploysFolder, JOURNAL_FILE } from './journal';
import { type JournalEntry, journalEntry } from './journal-entry';

type Header = Extract<JournalEntry, { kind: 'deploy' }>;
type Intent = Extract<JournalEntry, { kind: 'intent' }>;

/** A deploy as its journal tells it. */
export interface DeployRecord {
  readonly deploy: string;
  readonly folder: string;
  readonly header: Header;
  readonly entries: readonly JournalEntry[];
  /** `running`: its program lives. `interrupted`: it ended without saying how. */
  readonly state: 'running' | 'interrupted' | 'finished';
  /** As `finished` says; null: it does not. */
  readonly outcome: string | null;
  /** The later deploy that finished or undid it; null: none. */
  readonly settledBy: string | null;
  /** The last line was cut off, as a power cut does. */
  readonly torn: boolean;
}

/** Reads one deploy's journal. A torn last line is no trouble; another unreadable line is. */
export async function readJournal(folder: string): Promise<Result<DeployRecord>> {
  let text: string;
  try {
    text = await readFile(join(folder, JOURNAL_FILE), 'utf8');
  } catch (error) {
    return fail(unreadable(folder, error instanceof Error ? error.message : String(error)));
  }
  const entries: JournalEntry[] = [];
  let torn = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const entry = readLine(line);
    // Only what was being written when the power went may be torn; a later deploy may have said below that it settled it.
    if (entry === null) torn ||= index + 1;
    else if (torn > 0 && entry.kind !== 'settled')
      return fail(unreadable(folder, `line ${torn} is not a journal's`));
    else entries.push(entry);
  }
  const header = entries[0];
  if (header?.kind !== 'deploy') return fail(unreadable(folder, 'it does not begin with a deploy'));
  const finished = entries.find((it) => it.kind === 'finished');
  const settled = entries.find((it) => it.kind === 'settled');
  return ok({
    deploy: basename(folder),
    folder,
    header,
    entries,
    state: finished ? 'finished' : lives(header) ? 'running' : 'interrupted',
    outcome: finished?.outcome ?? null,
    settledBy: settled?.by ?? null,
    torn: torn > 0,
  });
}

/** All deploys, newest first. Those whose journal cannot be read are left out of the list and told. */
export async function readDeploys(
  configDir: string,
): Promise<{ readonly deploys: readonly DeployRecord[]; readonly unreadable: readonly string[] }> {
  const names = await readdir(deploysFolder(configDir)).catch(() => []);
  const deploys: DeployRecord[] = [];
  const unread: string[] = [];
  for (const name of names.sort().reverse()) {
    const record = await readJournal(join(deploysFolder(configDir), name));
    if (record.ok) deploys.push(record.value);
    else unread.push(name);
  }
  return { deploys, unreadable: unread };
}

/** The newest deploy of a fleet that ended without saying how, and that nothing settled since. */
export function interruptedDeploy(
  deploys: readonly DeployRecord[],
  fleet: { readonly path: string | null; readonly name: string },
): DeployRecord | null {
  return deploys.find((it) => isOf(it, fleet) && it.state === 'interrupted' && it.settledBy === null) ?? null;
}

/** Whether a deploy was of this fleet: the same file, or, of a fleet that lies nowhere, the same name. */
export const isOf = (
  record: DeployRecord,
  fleet: { readonly path: string | null; readonly name: string },
): boolean =>
  record.header.fleet.path === fleet.path && (fleet.path !== null || record.header.fleet.name === fleet.name);

/** Effects that were begun and of which nothing says that they ended. */
export function openIntents(record: DeployRecord): readonly Intent[] {
  const open = new Map<string, Intent>();
  for (const entry of record.entries) {
    if (entry.kind === 'intent') open.set(entry.step, entry);
    else if (['effect', 'done', 'failed', 'undone'].includes(entry.kind) && 'step' in entry) {
      const { step } = entry;
      if (step !== undefined) open.delete(step);
    }
  }
  return [...open.values()];
}

function readLine(line: string): JournalEntry | null {
  try {
    const read = journalEntry.safeParse(JSON.parse(line));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Another machine's process cannot be asked: its deploy counts as running until its lock is stale. */
function lives(header: Header): boolean {
  if (header.host !== hostname()) return true;
  return header.pid === process.pid ? running.has(header.deploy) : processLives(header.pid);
}

/** Whether a process of this machine lives; one of another user does, too. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Deploys of this very process that are not over. */
export const running = new Set<string>();

const unreadable = (folder: string, why: string) => ({
  code: 'journal-unreadable',
  message: `The deploy's journal cannot be read: ${why}`,
  fix: 'Look into the folder by hand; plan and apply look at the servers anyway.',
  where: { file: folder },
});
