import { z } from 'zod';
import { JOURNAL_FORMAT } from './journal-entry';

/** The head of a journal of any format, as far as it must be known to bring it to the present one. */
type Head = Readonly<Record<string, unknown>> & { readonly format: number };

const record = z.record(z.string(), z.unknown());
const head = z.looseObject({ kind: z.literal('deploy'), format: z.number().int().min(1) });

/** By format: what makes its head one of the next format. A later format adds its own line and leaves these alone. */
const upgrades: Readonly<Record<number, (old: Head) => Readonly<Record<string, unknown>>>> = {
  1: (old) => ({ ...old, steps: listOf(old['steps']).map(withFieldsOfToday) }),
};

/**
 * A journal's line in the format that is written now. Only the first line, the head, has ever had another shape.
 * @returns the value as it is when it is no head, or the head of a format that is not known here.
 */
export function upgraded(line: unknown): unknown {
  const read = head.safeParse(line);
  let now: unknown = line;
  for (let format = read.success ? read.data.format : JOURNAL_FORMAT; format < JOURNAL_FORMAT; format++) {
    const upgrade = upgrades[format];
    const old = head.safeParse(now);
    if (upgrade === undefined || !old.success) return line;
    now = { ...upgrade(old.data), format: format + 1 };
  }
  return now;
}

/** Fields that steps got within format 1: a program that wrote a journal without them did as if they were false, or none. */
function withFieldsOfToday(value: unknown): unknown {
  const step = record.safeParse(value);
  if (!step.success) return value;
  switch (step.data['action']) {
    case 'backup':
      return { stops: false, ...step.data };
    case 'refresh':
      return { asked: false, ...step.data };
    case 'configure':
      return { ...step.data, changes: listOf(step.data['changes']).map(withAddresses) };
    default:
      return value;
  }
}

/** A certificate that is pinned says which of its names are addresses; before, that was not read. */
function withAddresses(value: unknown): unknown {
  const change = z.looseObject({ certificate: z.looseObject({ known: z.looseObject({}) }) }).safeParse(value);
  if (!change.success) return value;
  const { certificate } = change.data;
  return { ...change.data, certificate: { known: { addresses: [], ...certificate.known } } };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
