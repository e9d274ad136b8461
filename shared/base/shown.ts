import { z } from 'zod';
import { escapeControls, onOneLine } from './escape-controls';

/** Text that a person reads and no program: words of a server or a file act on nothing and reorder nothing. */
export const shown = z.string().overwrite(escapeControls);

/** The same for a place that holds one line: a name, a title, a prompt. */
export const shownOnOneLine = z.string().overwrite(onOneLine);

/** A diff of files whose lines end in CR LF shows its lines without the CR. */
export const shownDiff = z.string().overwrite((diff) => escapeControls(diff.replaceAll('\r\n', '\n')));
