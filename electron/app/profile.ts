import { app, dialog } from 'electron';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '../../shared/base/shell-word';
import { fileWords } from '../engine/storage/file-words';

/** Why the app cannot keep its things where it has to. */
export interface ProfileTrouble {
  readonly message: string;
  readonly detail: string;
}

/**
 * Makes the folder that holds settings, journals and Chromium's own files, and sees whether it can be written. Without
 * that Chromium cannot make its lock, and takes this start for a second one: the app would end without a word.
 *
 * @returns null: it can be used
 */
export function prepareProfile(folder: string): ProfileTrouble | null {
  const probe = join(folder, `.kanilink-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, '', { flag: 'wx', mode: 0o600 });
    rmSync(probe);
    return null;
  } catch (cause) {
    const stranger = strangerOf(folder);
    const again =
      stranger === null ? '' : `\nTo make it yours again: sudo chown -R "$USER" ${shellWord(folder)}`;
    return {
      message: 'Kanilink cannot write into its own folder, so it does not start.',
      detail: `${folder}: ${fileWords(cause)}.${stranger === null ? '' : ` ${stranger}`}${again}\nOr start it with another one: --user-data-dir DIR`,
    };
  }
}

/** Says whose the folder is, when it is another user's; null: this user's own, or not known. */
function strangerOf(folder: string): string | null {
  const me = process.getuid?.();
  const owner = ownerOf(folder);
  if (me === undefined || owner === undefined || owner === me) return null;
  return owner === 0
    ? 'It belongs to root, as after a start with sudo.'
    : `It belongs to another user (uid ${owner}).`;
}

function ownerOf(folder: string): number | undefined {
  try {
    return statSync(folder).uid;
  } catch {
    // It is not there, or a part of its path is a file.
    return undefined;
  }
}

/** Tells the person, in a dialog and on standard error, and ends with exit code 1. */
export async function refuseProfile({ message, detail }: ProfileTrouble): Promise<void> {
  process.stderr.write(`kanilink: ${message}\n${detail}\n`);
  let elsewhere: string | null = null;
  try {
    // The dialog needs Chromium, and Chromium a folder.
    elsewhere = mkdtempSync(join(tmpdir(), 'kanilink-'));
    app.setPath('userData', elsewhere);
    await app.whenReady();
    await dialog.showMessageBox({ type: 'error', title: 'Kanilink', message, detail, buttons: ['Quit'] });
  } catch (cause) {
    process.stderr.write(`kanilink: ${String(cause)}\n`);
  }
  app.once('quit', () => {
    if (elsewhere !== null) rmSync(elsewhere, { recursive: true, force: true });
  });
  app.exit(1);
}
