import type { DraftHead } from '../../shared/ipc';
import { fileName } from '../base/words';

/** Whose unsaved changes these are: `home.toml`, `a new fleet`. */
export const draftOf = ({ path }: Pick<DraftHead, 'path'>): string =>
  path === null ? 'a new fleet' : fileName(path);
