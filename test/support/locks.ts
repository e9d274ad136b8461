import { join } from 'node:path';
import { lockPath } from '../../electron/engine/connect/ssh/unit/lock-place';

/** Where a deploy's lock lies on a practice machine: its `/run` is a folder of its own. */
export const lockOf = (machine: { readonly folder: string }): string =>
  join(machine.folder, lockPath('kanidmd.service'));
