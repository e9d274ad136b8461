import { isAbsolute, join } from 'node:path';
import SSHConfig from 'ssh-config';
import { listLocalFolder, readLocalText, type Unusable, unusable } from '../../../storage/local-file';
import { errorText } from '../../common/faults';
import { matchesWildcard } from './wildcard';

/** How deep files may include files, as in OpenSSH (readconf.c, READCONF_MAX_DEPTH). */
const DEEPEST = 16;
/** Files in all, and the characters in them: far more than anybody has. */
const MOST_FILES = 256;
const MOST_TEXT = 2 * 1024 * 1024;

type Line = SSHConfig[number];

/** A person's ~/.ssh/config with what it includes in place. */
export type SshConfigFile =
  | {
      readonly ok: true;
      readonly config: SSHConfig;
      /** What was left out, in words: a `Match`. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly file: string; readonly unusable: Unusable };

/**
 * Reads ~/.ssh/config. `Include` is followed as ssh_config(5) says: relative names start in ~/.ssh, names may have
 * wildcards, and one inside a `Host` counts only for hosts that match. `Match` is left out and noted, for the library would
 * run the programs a `Match exec` names.
 * @param host for whom; null: for every host, as "add server" lists them.
 */
export async function readSshConfig(home: string, host: string | null): Promise<SshConfigFile> {
  const notes: string[] = [];
  try {
    const config = SSHConfig.parse('');
    config.push(
      ...(await linesOf(join(home, '.ssh', 'config'), { home, host, notes, files: 0, text: 0 }, 0)),
    );
    return { ok: true, config, notes };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, file: error.file, unusable: error.why };
    throw error;
  }
}

interface Reading {
  readonly home: string;
  readonly host: string | null;
  readonly notes: string[];
  /** Read so far, in number and in characters. */
  files: number;
  text: number;
}

class Unreadable extends Error {
  constructor(
    readonly file: string,
    readonly why: Unusable,
  ) {
    super(why.reason);
  }
}

/** A file that is not there has no lines, as for ssh. */
async function linesOf(file: string, reading: Reading, depth: number): Promise<Line[]> {
  if (depth > DEEPEST) throw new Unreadable(file, unusable('files include each other without an end'));
  if (++reading.files > MOST_FILES)
    throw new Unreadable(file, unusable(`more than ${MOST_FILES} files are included`));
  const text = await readLocalText(file);
  if (typeof text !== 'string') {
    if (text.kind === 'missing') return [];
    // A folder that matches a wildcard, a file of somebody else: ssh skips what it includes and cannot read. It waits for
    // a disk, though: without what that file says, another host might be dialled.
    if (depth > 0 && !text.silent) return [];
    throw new Unreadable(file, text);
  }
  reading.text += text.length;
  if (reading.text > MOST_TEXT) throw new Unreadable(file, unusable('the files are too large together'));
  let parsed: SSHConfig;
  try {
    parsed = SSHConfig.parse(text);
  } catch (error) {
    throw new Unreadable(file, unusable(errorText(error)));
  }
  const lines: Line[] = [];
  for (const line of parsed) lines.push(...(await expandLine(line, file, reading, depth)));
  return lines;
}

async function expandLine(line: Line, file: string, reading: Reading, depth: number): Promise<Line[]> {
  if (!('param' in line)) return [line];
  const keyword = line.param.toLowerCase();
  if (keyword === 'match') {
    reading.notes.push(
      `${file}: \`Match ${wordsOf(line.value).join(' ')}\` is not supported and was left out`,
    );
    return [];
  }
  if (keyword === 'include') return included(line.value, reading, depth);
  if (keyword !== 'host' || !('config' in line)) return [line];
  // Matched here and then said to be for every host: the library makes a regular expression of a pattern.
  if (reading.host !== null && !hostMatches(wordsOf(line.value), reading.host)) return [];
  if (reading.host !== null && line.value !== '*')
    return expandLine({ ...line, value: '*' }, file, reading, depth);
  const section = line.config;
  const at = section.findIndex((inner) => 'param' in inner && inner.param.toLowerCase() === 'include');
  const include = section[at];
  if (include === undefined || !('param' in include)) return [line];
  // The section in two, with what it includes between them, so that the first value still wins.
  const part = (inner: Line[]): Line => {
    const config = SSHConfig.parse('');
    config.push(...inner);
    return { ...line, config };
  };
  return [
    part(section.slice(0, at)),
    ...(await included(include.value, reading, depth)),
    ...(await expandLine(part(section.slice(at + 1)), file, reading, depth)),
  ];
}

async function included(value: LineValue, reading: Reading, depth: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (const word of wordsOf(value)) {
    const path = word.startsWith('~/') ? join(reading.home, word.slice(2)) : word;
    const absolute = isAbsolute(path) ? path : join(reading.home, '.ssh', path);
    for (const file of await filesLike(absolute)) lines.push(...(await linesOf(file, reading, depth + 1)));
  }
  return lines;
}

/** glob(7) with `*` and `?`, in the order of the names. */
async function filesLike(pattern: string): Promise<string[]> {
  if (!/[*?]/.test(pattern)) return [pattern];
  let found: string[] = [''];
  for (const segment of pattern.replaceAll('\\', '/').split('/')) {
    if (!/[*?]/.test(segment)) {
      found = found.map((path) => (path === '' && segment === '' ? '/' : join(path, segment)));
      continue;
    }
    const next: string[] = [];
    for (const folder of found) {
      const names = await listLocalFolder(folder);
      if ('kind' in names) throw new Unreadable(folder, names);
      const visible = names.filter((name) => segment.startsWith('.') || !name.startsWith('.'));
      next.push(
        ...visible.filter((name) => matchesWildcard(segment, name)).map((name) => join(folder, name)),
      );
      if (next.length > MOST_FILES) return next;
    }
    found = next.sort();
  }
  return found;
}

type LineValue = Extract<Line, { param: string }>['value'];
const wordsOf = (value: LineValue): string[] =>
  (typeof value === 'string' ? value.split(/\s+/) : value.map(({ val }) => val)).filter(
    (word) => word !== '',
  );

/** One negated pattern that matches rules the section out (ssh_config(5), PATTERNS). */
function hostMatches(patterns: readonly string[], host: string): boolean {
  const matching = patterns.filter((pattern) => matchesWildcard(pattern.replace(/^!/, ''), host));
  return matching.length > 0 && !matching.some((pattern) => pattern.startsWith('!'));
}
