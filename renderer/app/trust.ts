import { type Fault, ok, type Result } from '../../shared/base/result';
import type { ServerFields } from '../../shared/fleet/edit/edit-fleet';
import type { FleetText } from '../../shared/ipc';
import { fleetReader } from '../document/fleet-reader';
import type { App } from './app.svelte';

/** What stands where readings would be, while the fleet file is not trusted, or not with what its files hold now. */
export const NOT_READ = 'Not read: this fleet file is not trusted as it is.';
/** What ends that. */
const HOW_TO_READ = 'Review what it would use, and trust it.';

/** Why no server of the open fleet file is read, and what ends that; null: they are read. */
export function whyNotRead({
  hasErrors,
  trusted,
}: Pick<App['document'], 'hasErrors' | 'trusted'>): { readonly title: string; readonly text: string } | null {
  // The engine refuses both. What is wrong stands among the problems.
  if (hasErrors)
    return { title: 'Not read: the fleet file has faults.', text: 'Fix them; each says where it is.' };
  return trusted ? null : { title: NOT_READ, text: HOW_TO_READ };
}

/** Has the engine judge a text that came back and may not be what was trusted: it reads nothing of it until it is. */
export async function judgeAgain(app: App): Promise<void> {
  const { path, text, taken } = app.document;
  const judged = await app.client.ask('fleet.judge', { fleet: { path, text }, mine: null });
  const same = app.document.taken === taken && app.document.text === text;
  if (same && judged.ok && judged.value.trusted) app.document.trusted = true;
}

/**
 * Tells an engine that was started anew whose the open text is: it remembers no text that a person declined or drew. Nothing
 * of the fleet may be asked before it knows.
 */
export async function tellWhose(app: App): Promise<void> {
  const { open, own, path, text, taken } = app.document;
  // A new fleet is the person's own unless it is said that it came from a draft.
  if (!open || (own && path === null)) return;
  const judged = await app.client.ask('fleet.judge', { fleet: { path, text }, mine: own ? text : null });
  if (app.document.taken !== taken || app.document.text !== text || !judged.ok || !judged.value.trusted)
    return;
  // What it refused before it knew is past.
  app.document.trustedAt = app.client.asked;
  app.document.trusted = true;
}

/**
 * May a text be used that holds what came back from a draft? Nobody knows who wrote that: the person is asked about what it
 * adds. Declined, nothing of the file is read any more.
 */
export async function mayUse(app: App, text: string): Promise<boolean> {
  const { own, path, text: held, taken } = app.document;
  const judged = await app.client.ask('fleet.judge', { fleet: { path, text }, mine: own ? held : null });
  if (!judged.ok) {
    app.notices.fault(judged.error);
    return false;
  }
  /** Of what the window holds itself, where that was the person's own: else it may name more than this text does. */
  const sets = (trusted: boolean): void => {
    if (own && app.document.taken === taken) app.document.trusted = trusted;
  };
  sets(judged.value.trusted);
  if (judged.value.trusted) return true;
  const may = await askPerson(app, { path, text, foreign: true });
  if (may) sets(true);
  return may;
}

/**
 * May these servers, which belong to no file, be dialled? They came back from a draft: nobody knows who wrote that. The person
 * is asked about those they did not agree to yet.
 */
export async function mayDial(app: App, servers: readonly ServerFields[]): Promise<boolean> {
  const { addServer, newFleet } = await fleetReader.load();
  const text = servers.reduce<Result<string>>(
    (made, server) => (made.ok ? addServer(made.value, server) : made),
    ok(newFleet('Servers to adopt')),
  );
  // Such a fleet cannot be: the engine says of which server why.
  if (!text.ok) return true;
  const fleet = { path: null, text: text.value, foreign: true } as const;
  const answer = await app.client.ask('fleet.trust', { fleet });
  if (!answer.ok) app.notices.fault(answer.error);
  return answer.ok && answer.value.trusted;
}

/**
 * The engine refused the open fleet, which was trusted: it, or a file that says whom to believe for it, has changed. From now
 * on nothing of it is shown as read, and the person can be asked. What the engine refused before they answered is past.
 *
 * @param nth which question it refused
 */
export function refusedByEngine(app: App, { where }: Fault, nth: number): void {
  // A file with faults is refused whatever was agreed to: nobody can say what it uses.
  if (nth <= app.document.trustedAt || !app.document.open || !app.document.usable) return;
  if ((where.file ?? null) === app.document.path) app.document.refuse();
}

/** Has the person asked, by the app, whether to trust the file that is open. Declined, it stays open unread. */
export async function reviewTrust(app: App): Promise<void> {
  // An older question that is declined late takes nothing back.
  if (await askPerson(app, app.document.question())) app.document.trusted = true;
}

/** @returns whether the person trusts this text of the document that is open, and it is still open */
async function askPerson(app: App, fleet: FleetText): Promise<boolean> {
  const { taken } = app.document;
  const answer = await app.client.ask('fleet.trust', { fleet });
  if (!answer.ok) {
    app.notices.fault(answer.error, () => !app.document.trusted && app.document.taken === taken);
    return false;
  }
  if (app.document.taken !== taken) return false;
  if (answer.value.trusted) app.document.trustedAt = app.client.asked;
  if (answer.value.notKept !== null) app.notices.fault(answer.value.notKept);
  app.notices.say(answer.value.trusted ? 'The fleet file is trusted. Reading its servers.' : NOT_READ);
  return answer.value.trusted;
}
