import { structuredPatch } from 'diff';
import { maskCertificates, type NameOf } from './mask-certificates';

export { placeholderFor, readPlaceholder } from './mask-certificates';

/**
 * A unified diff of a server.toml for people, in the window, in `plan` and in faults alike: every certificate is masked
 * (`maskCertificates`) to `SHA256:… (idm-b's, until 2030-11-23)`, one that does not exist yet to `certificate of idm-b,
 * known after step 2`. Certificates are public, but nobody can compare them.
 * @param nameOf whose certificate it is and until when; where it is not known, the names in it are said.
 * @returns the empty text when nothing changes.
 */
export function maskedDiff(path: string, before: string, after: string, nameOf: NameOf): string {
  if (before === after) return '';
  const endings = before.replaceAll('\r', '') === after.replaceAll('\r', '');
  const shown = (text: string): string =>
    withoutMark(endings ? text.replaceAll('\r', '␍') : text.replaceAll('\r\n', '\n'));
  const [old, now] = [maskCertificates(shown(before), nameOf), maskCertificates(shown(after), nameOf)];
  const marks = markChange(before, after);
  if (old === now) return [`--- ${path}`, `+++ ${path}`, marks ?? SPELLING, ''].join('\n');
  const lines = hunksOf(old, now).flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
  return [`--- ${path}`, `+++ ${path}`, ...(marks === null ? [] : [marks]), ...lines, ''].join('\n');
}

interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** Lines that may differ before the shortest difference is no longer looked for: the search takes time by the square. */
const MOST_CHANGED = 2000;

function hunksOf(before: string, after: string): readonly Hunk[] {
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: MOST_CHANGED });
  return patch?.hunks ?? [replacement(before, after)];
}

/** All that is between the first and the last line that differ, taken out and put in. */
function replacement(before: string, after: string): Hunk {
  const [old, now] = [before.split(/(?<=\n)/), after.split(/(?<=\n)/)];
  const shorter = Math.min(old.length, now.length);
  let top = 0;
  while (top < shorter && old[top] === now[top]) top += 1;
  let bottom = 0;
  while (bottom < shorter - top && old.at(-1 - bottom) === now.at(-1 - bottom)) bottom += 1;
  const removed = old.slice(top, old.length - bottom);
  const added = now.slice(top, now.length - bottom);
  const lines = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)].flatMap((line) =>
    line.endsWith('\n') ? [line.slice(0, -1)] : [line, '\\ No newline at end of file'],
  );
  return { oldStart: top + 1, oldLines: removed.length, newStart: top + 1, newLines: added.length, lines };
}

/** GNU's form: a start, and a length unless it is one; of no lines, the line before. */
const range = (start: number, length: number): string =>
  length === 1 ? String(start) : `${length === 0 ? start - 1 : start},${length}`;

/** A pin with and without padding, or with escapes, has one fingerprint. */
const SPELLING = '\\ Only the way a certificate is written differs; it is the same certificate';

const MARK = '\uFEFF';
const withoutMark = (text: string): string => (text.startsWith(MARK) ? text.slice(1) : text);

function markChange(before: string, after: string): string | null {
  if (before.startsWith(MARK) === after.startsWith(MARK)) return null;
  return `\\ ${after.startsWith(MARK) ? 'A' : 'No'} byte order mark at the start of the new file`;
}
