import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateOfTest } from '../../test/support/fleet-fixtures';
import {
  type GeneratedFile,
  generateFile,
  type OwnKey,
  type WrittenPartner,
} from '../../test/support/server-toml/generated-file';
import { changed, meaningOf } from '../../test/support/server-toml/meaning';
import { Tape } from '../../test/support/server-toml/tape';
import { type Origin, trusted } from '../base/names';
import { parseOrigin } from '../base/origin';
import { editServerConfig } from './edit-server-config';
import { readServerConfig } from './read-server-config';
import { type ConfigChange, type PartnerType, pulls } from './server-config';

/*
 * Any server.toml in any spelling of TOML 1.1, any edit: the meaning is as intended by a parser that took no part, and no
 * byte outside the edit changes. What "outside" is, the generator knows: it tags every stretch of the file with what it
 * is part of.
 *
 * - A value that is written: only the value's characters change, and the name of a certificate key with its type.
 * - A thing that is not there: one stretch of whole lines (or of `, key = value` in braces) is inserted, nothing else.
 * - A removal by lines: exactly the lines of the thing go, a table's with the blank lines above and its own comments.
 * - A removal in braces: nothing outside the braces changes.
 */

const runs = process.env['KANILINK_LONG'] === '1' ? 100_000 : 2000;
/** Milliseconds: a case takes a few. */
const limit = runs * 300;

const cases = fc.tuple(
  fc.uint8Array({ minLength: 0, maxLength: 500, size: 'max' }),
  fc.uint8Array({ minLength: 0, maxLength: 40, size: 'max' }),
);
const where = { server: 'idm-a', file: '/data/server.toml' };
const MARK = '\uFEFF';
const encode = (file: GeneratedFile): Uint8Array =>
  new TextEncoder().encode((file.byteOrderMark ? MARK : '') + file.text);

/** The text after a change, its byte order mark checked and taken off. */
function edit(file: GeneratedFile, text: string, ...changes: ConfigChange[]): string {
  const bytes = new TextEncoder().encode((file.byteOrderMark ? MARK : '') + text);
  const edited = editServerConfig(bytes, changes, where);
  if (!edited.ok) throw new Error(`refused: ${JSON.stringify(edited.error)}`);
  const again = editServerConfig(edited.value, changes, where);
  // Twice is once; an edit that changes nothing gives the very bytes it was given.
  expect(again.ok && again.value === edited.value).toBe(true);
  const result = new TextDecoder('utf-8', { ignoreBOM: true }).decode(edited.value);
  expect(result.startsWith(MARK)).toBe(file.byteOrderMark);
  return file.byteOrderMark ? result.slice(1) : result;
}

const property = (check: (file: GeneratedFile, tape: Tape) => void) => {
  fc.assert(
    fc.property(cases, ([fileBytes, editBytes]) => {
      const file = generateFile(fileBytes);
      try {
        check(file, new Tape(editBytes));
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\n--- file\n${file.text}`, {
          cause: error,
        });
      }
    }),
    { numRuns: Math.ceil(runs / 4), endOnFailure: true },
  );
};

describe('any spelling of a server.toml', () => {
  it('is read as it was meant', { timeout: limit }, () => {
    property((file) => {
      const read = readServerConfig(encode(file), where);
      if (!read.ok) throw new Error(JSON.stringify(read.error));
      const { replication, acknowledgement } = read.value;
      expect(acknowledgement).toBe(file.acknowledgement !== null);
      expect(replication === null).toBe(file.shape !== 'braces' && !file.header && saysNothing(file));
      expect(replication?.origin ?? null).toBe(file.own.get('origin')?.value ?? null);
      expect(replication?.bindaddress ?? null).toBe(file.own.get('bindaddress')?.value ?? null);
      expect(replication?.taskPollInterval ?? 15).toBe(file.own.get('task_poll_interval')?.value ?? 15);
      const partners = file.partners.map(({ origin, type, certificate, automaticRefresh }) => ({
        origin,
        type,
        certificate,
        automaticRefresh: automaticRefresh === true && pulls(type),
      }));
      expect(sorted(replication?.partners ?? [])).toEqual(sorted(partners));
    });
  });

  it('takes a value where one is written, and changes only its characters', { timeout: limit }, () => {
    property((file, tape) => {
      for (const key of file.own.keys()) {
        const change = setOwn(tape, key);
        const after = edit(file, file.text, change);
        expect(meaningOf(after)).toEqual(changed(meaningOf(file.text), change));
        expectOnly(file, after, `${key}.value`);
        const back = edit(file, after, setOwnTo(key, file.own.get(key)?.value));
        if (file.own.get(key)?.plain && (key !== 'origin' || same(file.own.get(key)?.value)))
          expect(back).toBe(file.text);
        expect(meaningOf(back)).toEqual(changed(meaningOf(after), setOwnTo(key, file.own.get(key)?.value)));
      }
      for (const partner of file.partners) {
        const change = setPartner(tape, partner.origin, stays(partner));
        // The flag may have to be added: that is the next property's.
        const flagged = {
          ...change,
          partner: {
            ...change.partner,
            automaticRefresh: partner.automaticRefresh !== null && change.partner.automaticRefresh,
          },
        };
        const after = edit(file, file.text, flagged);
        expect(meaningOf(after)).toEqual(changed(meaningOf(file.text), flagged));
        expectOnly(file, after, `${partner.origin}.value`);
        const undo = restore(partner);
        const back = edit(file, after, undo);
        expect(meaningOf(back)).toEqual(meaningOf(file.text));
        if (partner.plain && !settlesFlag(partner, change.partner.type)) expect(back).toBe(file.text);
        expect(edit(file, file.text, undo)).toBe(file.text);
      }
    });
  });

  it('takes what is not there yet in one place, and gives it back', { timeout: limit }, () => {
    property((file, tape) => {
      for (const key of ['origin', 'bindaddress', 'task_poll_interval'] as const) {
        if (file.own.has(key)) continue;
        const change = setOwn(tape, key);
        const after = edit(file, file.text, change);
        expect(meaningOf(after)).toEqual(changed(meaningOf(file.text), change));
        expectInserted(file, after);
        const back = edit(file, after, { kind: 'remove-key', key });
        expect(meaningOf(back)).toEqual(meaningOf(file.text));
        if (!emptyBraces(file) && !emptyHeader(file) && !blankTop(file)) expect(back).toBe(file.text);
      }
      const change = setPartner(tape, trusted<Origin>('repl://new.example.com:8444'));
      const after = edit(file, file.text, change);
      expect(meaningOf(after)).toEqual(changed(meaningOf(file.text), change));
      expectInserted(file, after);
      const back = edit(file, after, { kind: 'remove-partner', origin: change.partner.origin });
      if (!emptyBraces(file) && file.text.trim() !== '') expect(back).toBe(file.text);
      expect(meaningOf(back)).toEqual(meaningOf(file.text));
      if (file.acknowledgement === null) {
        const acknowledged = edit(file, file.text, { kind: 'acknowledge', present: true });
        expect(meaningOf(acknowledged)).toEqual(
          changed(meaningOf(file.text), { kind: 'acknowledge', present: true }),
        );
        expectInserted(file, acknowledged);
        expect(edit(file, acknowledged, { kind: 'acknowledge', present: false })).toBe(file.text);
      }
      for (const partner of file.partners) {
        if (partner.automaticRefresh !== null || !pulls(partner.type)) continue;
        const flagged = {
          kind: 'set-partner',
          partner: { ...restore(partner).partner, automaticRefresh: true },
        } as const;
        const flaggedText = edit(file, file.text, flagged);
        expect(meaningOf(flaggedText)).toEqual(changed(meaningOf(file.text), flagged));
        expectInserted(file, flaggedText);
      }
    });
  });

  it('loses what is removed with its own comments, and nothing else', { timeout: limit }, () => {
    property((file, tape) => {
      for (const partner of file.partners) {
        const change = { kind: 'remove-partner', origin: partner.origin } as const;
        const after = edit(file, file.text, change);
        expect(meaningOf(after)).toEqual(changed(meaningOf(file.text), change));
        if (partner.braced) expectOutside(file, after, 'braces');
        else expectWithout(file, after, partner.origin, partner.form === 'header');
        const back = edit(file, after, restore(partner));
        expect(meaningOf(back)).toEqual(changed(meaningOf(after), restore(partner)));
      }
      for (const [key, written] of file.own) {
        const change = { kind: 'remove-key', key } as const;
        const after = edit(file, file.text, change);
        expect(meaningOf(after)).toEqual(changed(meaningOf(file.text), change));
        if (written.braced) expectOutside(file, after, 'braces');
        else if (!file.header || linesInSection(file) > 1) expectWithout(file, after, key, false);
        const back = edit(file, after, setOwnTo(key, written.value));
        expect(meaningOf(back)).toEqual(changed(meaningOf(after), setOwnTo(key, written.value)));
      }
      if (file.acknowledgement) {
        const after = edit(file, file.text, { kind: 'acknowledge', present: false });
        expectWithout(file, after, 'ack', false);
      }
      const all = someChanges(tape, file);
      const after = edit(file, file.text, ...all);
      expect(meaningOf(after)).toEqual(all.reduce(changed, meaningOf(file.text)));
    });
  });
});

// What is changed

function setOwn(tape: Tape, key: OwnKey): ConfigChange {
  if (key === 'origin')
    return setOwnTo(key, tape.oneOf(['repl://new.example.com:8444', 'repl://idm-a.example.com:8444']));
  if (key === 'bindaddress')
    return setOwnTo(key, tape.oneOf(['127.0.0.1:9444', '[::]:8444', '0.0.0.0:8444']));
  return setOwnTo(key, tape.oneOf([5, 15, 300]));
}

function setOwnTo(key: OwnKey, value: string | number | undefined): ConfigChange {
  if (key === 'origin') return { kind: 'set-origin', origin: parseOrigin(String(value))!.origin };
  if (key === 'bindaddress') return { kind: 'set-bindaddress', bindaddress: String(value) };
  return { kind: 'set-poll-interval', seconds: Number(value) };
}

/** A flag that meant nothing is put right when the table begins to pull, and a missing one is added when it does again. */
const settlesFlag = ({ type, automaticRefresh }: WrittenPartner, between: PartnerType): boolean =>
  pulls(type) ? automaticRefresh === null && !pulls(between) : automaticRefresh === true;

/** A table that begins to pull without a flag gets one, which is no change of a value. */
const stays = ({ type, automaticRefresh }: WrittenPartner): PartnerType | null =>
  type === 'allow-pull' && automaticRefresh === null ? type : null;

function setPartner(tape: Tape, origin: Origin, wanted: PartnerType | null = null) {
  const type = wanted ?? tape.oneOf<PartnerType>(['mutual-pull', 'pull', 'allow-pull']);
  const certificate = certificateOfTest(tape.oneOf(['b', 'x']));
  return {
    kind: 'set-partner',
    partner: { origin, type, certificate, automaticRefresh: tape.chance(50) },
  } as const;
}

const restore = ({ origin, type, certificate, automaticRefresh }: WrittenPartner) =>
  ({
    kind: 'set-partner',
    partner: { origin, type, certificate, automaticRefresh: automaticRefresh === true },
  }) as const;

/** Up to six changes, each about another thing: of several about one thing the last would count. */
function someChanges(tape: Tape, file: GeneratedFile): ConfigChange[] {
  const others = ['repl://new.example.com:8444', 'repl://other:1'].map((it) => trusted<Origin>(it));
  const origins = [...file.partners.map((it) => it.origin), ...others];
  const things: (() => ConfigChange)[] = [
    ...origins.map(
      (origin) => (): ConfigChange =>
        tape.chance(40) ? { kind: 'remove-partner', origin } : setPartner(tape, origin),
    ),
    ...(['origin', 'bindaddress', 'task_poll_interval'] as const).map(
      (key) => (): ConfigChange => (tape.chance(40) ? { kind: 'remove-key', key } : setOwn(tape, key)),
    ),
    () => ({ kind: 'acknowledge', present: tape.chance(50) }),
  ];
  return tape
    .shuffled(things)
    .slice(0, 1 + tape.pick(6))
    .map((change) => change());
}

// What may differ

/** Only stretches with the tag differ. */
function expectOnly(file: GeneratedFile, after: string, tag: string): void {
  const fixed = [''];
  for (const { text, tags } of file.stretches) {
    if (tags.includes(tag)) fixed.push('');
    else fixed[fixed.length - 1] += text;
  }
  const pattern = fixed.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*?');
  expect(after).toMatch(new RegExp(`^${pattern}$`));
}

/** The whole file is there, with one stretch more: after the last of replication, in the file's line endings. */
function expectInserted(file: GeneratedFile, after: string): void {
  const { text } = file;
  const added = after.length - text.length;
  expect(added).toBeGreaterThan(0);
  if (file.toml11) return expectKept(text, after);
  let front = 0;
  while (front < text.length && text[front] === after[front]) front += 1;
  expect(after.slice(front + added)).toBe(text.slice(front));
  if (!text.includes('\n')) return;
  if (file.eol === '\n') expect(after).not.toContain('\r');
  if (file.eol === '\r\n') expect(after).not.toMatch(/[^\r]\n/);
}

/** Between lines of braces the comma after the last key may be new too: nothing is lost, in the same order. */
function expectKept(text: string, after: string): void {
  let at = 0;
  for (let read = 0; read < after.length; read += 1) if (after[read] === text[at]) at += 1;
  expect(at).toBe(text.length);
}

/** Exactly the stretches with the tag are gone; of a table at the top of the file, the blank lines below too. */
function expectWithout(file: GeneratedFile, after: string, tag: string, table: boolean): void {
  const kept = file.stretches
    .filter((it) => !it.tags.includes(tag))
    .map((it) => it.text)
    .join('');
  const written = file.stretches.filter((it) => it.text !== '');
  // A file that ends without a line ending still does.
  const unfinished = !file.text.endsWith('\n') && written.at(-1)?.tags.includes(tag);
  const wanted = unfinished ? kept.replace(/\r?\n$/, '') : kept;
  if (table && written[0]?.tags.includes(tag)) expect(after).toBe(wanted.replace(/^([ \t]*\r?\n)+/, ''));
  else expect(after).toBe(wanted);
}

/** What stands before and after the stretches with the tag is as it was. */
function expectOutside(file: GeneratedFile, after: string, tag: string): void {
  const first = file.stretches.findIndex((it) => it.tags.includes(tag));
  const last = file.stretches.findLastIndex((it) => it.tags.includes(tag));
  const text = (from: number, to?: number): string =>
    file.stretches
      .slice(from, to)
      .map((it) => it.text)
      .join('');
  // Where the last line goes from a file that ends without a line ending, the one before it does too.
  const unfinished = !file.text.endsWith('\n') && text(last + 1) === '';
  const before = unfinished ? text(0, first).replace(/\r?\n$/, '') : text(0, first);
  expect(after.startsWith(before)).toBe(true);
  expect(after.endsWith(text(last + 1))).toBe(true);
}

const saysNothing = (file: GeneratedFile): boolean => file.own.size + file.partners.length === 0;
const emptyBraces = (file: GeneratedFile): boolean => file.shape === 'braces' && saysNothing(file);
/** A `[replication]` of no keys: giving one back takes the header along. */
const emptyHeader = (file: GeneratedFile): boolean => file.header && linesInSection(file) === 0;
const linesInSection = (file: GeneratedFile): number =>
  file.own.size + file.partners.filter((it) => it.form !== 'header').length;
/** Lines removed at the top of a file take the blank lines below along. */
const blankTop = (file: GeneratedFile): boolean => /^[ \t]*\r?\n/.test(file.text);
const same = (value: string | number | undefined): boolean =>
  value !== undefined && parseOrigin(String(value))?.origin === value;
const sorted = <T extends { readonly origin: string }>(partners: readonly T[]): T[] =>
  [...partners].sort((a, b) => a.origin.localeCompare(b.origin));
