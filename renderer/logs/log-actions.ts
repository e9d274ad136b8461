import { bytesToBase64 } from '../../shared/base/base64';
import { fleetFileStem } from '../../shared/base/fleet-file-name';
import type { App } from '../app/app.svelte';
import { copy } from '../app/copy';
import { count } from '../base/words';
import type { HeldLine } from '../live/log/log-store';
import { textOf } from './log-items';

/** The most characters that are copied: a clipboard is for what somebody reads. A file takes all. */
const MOST_COPIED = 2_000_000;
/** The most that is saved, for the way to the file has a bound. */
const MOST_SAVED = 30_000_000;

/** Copies lines as they were written, with their times and servers; of very many the newest. */
export async function copyLines(app: App, lines: readonly HeldLine[]): Promise<void> {
  if (lines.length === 0) return;
  const text = textOf(lines);
  const copied = newest(text, MOST_COPIED);
  const said =
    copied === text
      ? `Copied ${count(lines.length, 'line')}.`
      : 'Copied the newest lines: all are too many. Save them instead.';
  await copy(app, copied, said);
}

/** Saves what the filter shows, where the person says. */
export async function saveLines(app: App): Promise<void> {
  const lines = app.log.shown;
  const suggested = `${fleetFileStem(app.document.fileLabel)}-log.txt`;
  const base64 = bytesToBase64(new TextEncoder().encode(`${newest(textOf(lines), MOST_SAVED)}\n`));
  const saved = await app.client.ask('file.save-as', { suggested, kind: 'txt', base64 });
  if (!saved.ok) app.notices.fault(saved.error);
  else if (saved.value.path !== null) app.notices.show('good', `Saved ${saved.value.path}.`);
}

/** Whole lines from the end. */
const newest = (text: string, most: number): string =>
  text.length <= most ? text : text.slice(text.indexOf('\n', text.length - most) + 1);
