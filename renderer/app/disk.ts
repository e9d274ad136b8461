import { ok } from '../../shared/base/result';
import type { App } from './app.svelte';
import { reviewTrust } from './trust';

/**
 * Takes into the window what another program wrote into the file: as one edit, which can be undone. What is on disk counts
 * as seen from then on. Trust is asked for again where the text names what was not agreed to.
 *
 * @param text what the window is to hold
 * @param theirs what is on disk, as the person saw it
 * @returns whether it was taken; `late`: either changed meanwhile; `fault`: the engine could not say whose it is, which is shown
 */
export async function takeFromDisk(
  app: App,
  text: string,
  theirs: string,
): Promise<'taken' | 'late' | 'fault'> {
  const { path, text: mine, taken, own } = app.document;
  const judged = await app.client.ask('fleet.judge', { fleet: { path, text }, mine: own ? mine : null });
  if (!judged.ok) {
    app.notices.fault(judged.error);
    return 'fault';
  }
  const now = app.onDisk.changed;
  const same = app.document.taken === taken && app.document.text === mine;
  if (!same || now?.kind !== 'text' || now.text !== theirs || app.deploy.active) return 'late';
  app.document.takeTheirs('Take what is on disk', ok(text), judged.value.trusted);
  app.document.saw(theirs);
  app.notices.say('The changes on disk are taken.');
  if (!app.document.trusted) void reviewTrust(app);
  return 'taken';
}

/** Keeps what the window holds. Saving then replaces what the person has seen on disk; null: the file is gone. */
export function keepMine(app: App, theirs: string | null): void {
  app.document.saw(theirs);
  app.notices.say('The window keeps its own. Save it to replace what is on disk.');
}
