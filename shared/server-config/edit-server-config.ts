import { sameOrigin } from '../base/origin';
import { fail, ok, type Place, type Result } from '../base/result';
import {
  addKeys,
  addTopLevel,
  type Edits,
  literal,
  noEdits,
  removePair,
  type Scalar,
  setWritten,
} from './edit-key';
import {
  endOfContent,
  type PartnerKeys,
  partnerKeys,
  removePartner,
  separation,
  setPartner,
  tableBlock,
} from './edit-partner';
import { styleOf } from './file-style';
import { ACKNOWLEDGEMENT } from './config-problems';
import { interpret } from './read-server-config';
import { stringOf } from './replication-section';
import type { ConfigChange, ReplicationKey } from './server-config';
import {
  applyEdits,
  blanksAbove,
  conflict,
  insertLines,
  removeBlock,
  type TextEdit,
} from '../toml/text-edit';
import { encodeToml, parseToml, readToml } from './server-toml';
import { type TomlFile } from '../toml/toml-file';
import { verifyEdit } from './verify-edit';

/**
 * Changes a server.toml and touches only the bytes of what changes: comments, order, blank lines, quotes, line endings,
 * the byte order mark and the end of the file stay. New tables take the style of those that are there. The result is
 * re-read by another parser and compared with what was meant (`verifyEdit`) before it is returned.
 * @param changes in any order; of several about one thing the last counts.
 * @param where the server and the file, for the fault.
 * @returns the same bytes when everything is so already; a fault of `readServerConfig` when the file cannot be
 * understood, `edit-check-failed` when the result is not what was meant. Nothing is written here.
 */
export function editServerConfig(
  bytes: Uint8Array,
  changes: readonly ConfigChange[],
  where: Place,
): Result<Uint8Array> {
  const last = lastOfEach(changes);
  const made = editText(bytes, last, where);
  if (!made.ok) return made;
  const { before, after, byteOrderMark } = made.value;
  if (before === after) return ok(bytes);
  const fault = verifyEdit(before, after, last, where);
  return fault === null ? ok(encodeToml(after, byteOrderMark)) : fail(fault);
}

/** The text before and after. A function of its own: the parsed file is large, and gone before the check reads the texts. */
function editText(
  bytes: Uint8Array,
  changes: readonly ConfigChange[],
  where: Place,
): Result<{ readonly before: string; readonly after: string; readonly byteOrderMark: boolean }> {
  const read = readToml(bytes, where);
  if (!read.ok) return read;
  const unclear = interpret(read.value, where).problems[0];
  if (unclear !== undefined) {
    const { severity: _severity, ...fault } = unclear;
    return fail(fault);
  }
  const after = edit(read.value, changes, where);
  const { text: before, byteOrderMark } = read.value;
  return after.ok ? ok({ before, after: after.value, byteOrderMark }) : after;
}

/** A change that is made of several edits needs a few readings; more means the change never settles, which is a bug. */
const MOST_READINGS_PER_CHANGE = 12;

/** Makes as many changes as fit from each reading of the text. */
function edit(file: TomlFile, changes: readonly ConfigChange[], where: Place): Result<string> {
  let now = file;
  let rest = changes;
  for (let reading = 0; rest.length > 0; reading += 1) {
    if (reading > MOST_READINGS_PER_CHANGE * changes.length)
      throw new Error('an edit of server.toml does not settle');
    const round = oneRound(now, rest);
    rest = round.rest;
    if (round.edits.length === 0) continue;
    const text = applyEdits(now.text, round.edits);
    // Nothing left to place: verifyEdit reads the result.
    if (rest.length === 0) return ok(text);
    const parsed = parseToml(text, now.byteOrderMark, where);
    if (!parsed.ok) return fail({ ...parsed.error, code: 'edit-check-failed' });
    now = parsed.value;
  }
  return ok(now.text);
}

/** The first change always fits; what does not fit beside it waits for the next reading. */
function oneRound(file: TomlFile, changes: readonly ConfigChange[]) {
  const keys = partnerKeys(file);
  const edits: TextEdit[] = [];
  const rest: ConfigChange[] = [];
  for (const [index, change] of changes.entries()) {
    const made = editsFor(file, keys, change);
    if (made.edits.length === 0) continue;
    if (made.alone && edits.length === 0) return { edits: made.edits, rest: changes.slice(index) };
    if (made.alone || made.edits.some((one) => edits.some((other) => conflict(one, other))))
      rest.push(change);
    else edits.push(...made.edits);
  }
  return { edits, rest };
}

function editsFor(file: TomlFile, keys: PartnerKeys, change: ConfigChange): Edits {
  switch (change.kind) {
    case 'set-origin': {
      const written = file.find(['replication', 'origin']);
      const same = written !== null && sameOrigin(stringOf(written) ?? '', change.origin);
      return same ? noEdits : setReplicationKey(file, 'origin', change.origin);
    }
    case 'set-bindaddress':
      return setReplicationKey(file, 'bindaddress', change.bindaddress);
    case 'set-poll-interval':
      return setReplicationKey(file, 'task_poll_interval', change.seconds);
    case 'set-partner':
      return setPartner(file, keys, change.partner);
    case 'remove-partner':
      return removePartner(file, keys, change.origin);
    case 'remove-key':
      return removeReplicationKey(file, change.key);
    case 'acknowledge':
      return acknowledge(file, change.present);
  }
}

function setReplicationKey(file: TomlFile, key: string, value: Scalar): Edits {
  const written = file.find(['replication', key]);
  if (written) return setWritten(file, written, value);
  return addKeys(file, ['replication'], [[key, value]]) ?? addSection(file, key, value);
}

/** `[replication]` with its first key: before the first partner's table, else at the end of the file. */
function addSection(file: TomlFile, key: string, value: Scalar): Edits {
  const { text } = file;
  const first = file.tables.find((table) => table.resolvedKey[0] === 'replication') ?? null;
  const { headerIndent, keyIndent, equals, valueQuote, bracketPadding, blankLines } = styleOf(file, first);
  const lines = [
    `${headerIndent}[${bracketPadding}replication${bracketPadding}]`,
    `${keyIndent}${key}${equals}${literal(value, valueQuote)}`,
  ];
  const blank = (count: number): string[] => Array<string>(count).fill('');
  const at = first ? blanksAbove(text, file.ownStart(first)) : endOfContent(text);
  if (at === 0) return { edits: [insertLines(text, 0, [...lines, ...blank(first ? 1 : 0)])], alone: true };
  const above = blank(separation(text, at, blankLines));
  return { edits: [insertLines(text, at, [...above, ...lines])], alone: true };
}

/** The last key takes the section along: an empty `[replication]` keeps kanidmd from starting. */
function removeReplicationKey(file: TomlFile, key: ReplicationKey): Edits {
  const written = file.find(['replication', key]);
  if (written === null) return noEdits;
  const { holder } = written;
  if (holder.type === 'TOMLTopLevelTable' || holder.body.length > 1) return removePair(file, written);
  if (holder.type === 'TOMLTable') {
    const [start, end] = tableBlock(file, holder);
    return { edits: [removeBlock(file.text, start, end)], alone: false };
  }
  const whole = file.find(['replication']);
  return removePair(file, whole ?? written);
}

function acknowledge(file: TomlFile, present: boolean): Edits {
  const written = file.find([ACKNOWLEDGEMENT]);
  if (!present) return written ? removePair(file, written) : noEdits;
  if (written) return setWritten(file, written, true);
  return addTopLevel(file, [`${ACKNOWLEDGEMENT}${styleOf(file, null).equals}true`]);
}

/** The last change of each thing: the ones before it would leave no trace. */
function lastOfEach(changes: readonly ConfigChange[]): readonly ConfigChange[] {
  return [...new Map(changes.map((change) => [subjectOf(change), change])).values()];
}

/** What a change is about, where setting and removing are two kinds of change. */
const subjects = {
  origin: 'origin',
  'set-origin': 'origin',
  bindaddress: 'bindaddress',
  'set-bindaddress': 'bindaddress',
  task_poll_interval: 'task_poll_interval',
  'set-poll-interval': 'task_poll_interval',
  acknowledge: 'acknowledge',
} as const;

function subjectOf(change: ConfigChange): string {
  if (change.kind === 'set-partner') return change.partner.origin;
  if (change.kind === 'remove-partner') return change.origin;
  return subjects[change.kind === 'remove-key' ? change.key : change.kind];
}
