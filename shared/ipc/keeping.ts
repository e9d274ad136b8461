import { z } from 'zod';
import { shown } from '../base/shown';
import { ask, LONGEST_PATH, LONGEST_TEXT, nothing } from './ask';
import { fleetText } from './values';

/** What keeps typed work from being lost: drafts of what is not saved, and what became of the file on disk meanwhile. */

const text = z.string().max(LONGEST_TEXT);
const path = z.string().max(LONGEST_PATH);
/** Characters of a field's name, and of a server's. */
const LONGEST_FIELD = 1000;
const MOST_FIELDS = 100;
/** Servers to adopt. */
const MOST_ROWS = 1000;

/** A server's form as it is typed. */
const typedFields = z
  .record(z.string().max(LONGEST_FIELD), z.union([z.string().max(LONGEST_PATH), z.boolean()]))
  .refine((fields) => Object.keys(fields).length <= MOST_FIELDS);

/** What a person has typed into a form and not kept in the fleet yet. */
export const typedForm = z.discriminatedUnion('kind', [
  /** The fleet file as text. */
  z.object({ kind: z.literal('text'), text }),
  /** A server's form; `id`: the server it edits, null: it adds one. */
  z.object({
    kind: z.literal('server'),
    id: z.string().max(LONGEST_FIELD).nullable(),
    fields: typedFields,
  }),
  /** The fleet's name. */
  z.object({ kind: z.literal('name'), name: z.string().max(LONGEST_PATH) }),
  /** Where the servers to adopt are reached. It belongs to no file. */
  z.object({ kind: z.literal('adopt'), rows: z.array(typedFields).max(MOST_ROWS).readonly() }),
]);
export type TypedForm = Readonly<z.output<typeof typedForm>>;

/** What a draft holds: unsaved text, and what stood in the form that was open. */
export const draftContent = z.object({
  /** The fleet file it belongs to; null: one that was never saved. */
  path: path.nullable(),
  /** What is saved of it; null: nothing. */
  base: text.nullable(),
  text,
  form: typedForm.nullable(),
});

/** A text that was not saved when Kanilink ended, without the text. */
export const draftHead = z.object({
  id: z.uuid(),
  /** The fleet file it belongs to; null: one that was never saved. */
  path: path.nullable(),
  /** When it was kept, ISO 8601. */
  at: z.string().max(40),
});
export type DraftHead = Readonly<z.output<typeof draftHead>>;

/** What lies where the open file lies. */
export const fileOnDisk = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text }),
  z.object({ kind: z.literal('gone') }),
  /** It is there, and why it cannot be read. */
  z.object({ kind: z.literal('unreadable'), why: shown }),
]);
export type FileOnDisk = Readonly<z.output<typeof fileOnDisk>>;

export const keepingAsks = {
  /** Keeps what is not saved in place of what was kept under this id. */
  'draft.keep': ask('app', draftContent.extend({ id: z.uuid() }), nothing),
  /** It was saved, or declined. */
  'draft.drop': ask('app', z.object({ id: z.uuid() }), nothing),
  /** The drafts there are, the newest first. */
  'draft.list': ask('app', nothing, z.object({ drafts: z.array(draftHead).readonly() })),
  /** One of them; null: it is gone, or cannot be read. */
  'draft.read': ask('app', z.object({ id: z.uuid() }), z.object({ draft: draftContent.nullable() })),
  /**
   * Whether a text that did not come from the window's own edits may be acted on as this fleet: a draft, what another
   * program wrote into the file; or any, for an engine that was started anew. Asks nobody; `fleet.trust` does. `mine`: what
   * the window held that is the person's own; null: nothing.
   */
  'fleet.judge': ask(
    'engine',
    z.object({ fleet: fleetText, mine: text.nullable() }),
    z.object({ trusted: z.boolean() }),
  ),
} as const;

export const keepingStreams = {
  /** What lies at a path, at once and again whenever it is another: changed, replaced, removed. */
  file: { question: z.object({ path }), item: fileOnDisk },
} as const;
