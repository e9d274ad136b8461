import { z } from 'zod';
import { shown } from '../base/shown';
import { ask, LONGEST_PATH, LONGEST_TEXT, nothing } from './ask';
import { fleetText } from './values';

/** What keeps typed work from being lost: drafts of what is not saved, and what became of the file on disk meanwhile. */

const text = z.string().max(LONGEST_TEXT);
const path = z.string().max(LONGEST_PATH);

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
  /** Keeps unsaved text in place of what was kept under this id. `base`: what is saved of it; null: nothing. */
  'draft.keep': ask(
    'app',
    z.object({ id: z.uuid(), path: path.nullable(), base: text.nullable(), text }),
    nothing,
  ),
  /** It was saved, or declined. */
  'draft.drop': ask('app', z.object({ id: z.uuid() }), nothing),
  /** The drafts there are, the newest first. */
  'draft.list': ask('app', nothing, z.object({ drafts: z.array(draftHead).readonly() })),
  /** One of them; null: it is gone, or cannot be read. */
  'draft.read': ask(
    'app',
    z.object({ id: z.uuid() }),
    z.object({
      draft: z.object({ path: path.nullable(), base: text.nullable(), text }).nullable(),
    }),
  ),
  /**
   * Whether a text that did not come from the window's own edits may be acted on as this fleet: a draft, what another
   * program wrote into the file. Asks nobody; `fleet.trust` does. `mine`: what the window held before; null: nothing.
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
