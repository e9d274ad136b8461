import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronWindow } from './electron-window';

/** The folder of an app's drafts. */
export const draftsOf = ({ home }: Pick<ElectronWindow, 'home'>): string => join(home, 'kanilink', 'drafts');

/** The files of drafts that are kept. */
export function draftNames(electron: Pick<ElectronWindow, 'home'>): readonly string[] {
  const folder = draftsOf(electron);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
}
