import { asks, type AskOf } from '../../shared/ipc';
import { fail, ok } from '../../shared/base/result';
import { answering, type Answering } from '../engine/ipc/answering';
import { notChosen, type ChosenPaths } from './chosen-paths';
import type { Drafts } from './drafts';

/** What answering about drafts needs. */
export interface DraftContext {
  readonly drafts: Drafts;
  /** The files the page may name. */
  readonly paths: ChosenPaths;
}

type DraftAsk = Extract<AskOf<'app'>, `draft.${string}`>;
const NONE = Number.POSITIVE_INFINITY;

/** The app's answers about drafts. The page names one by its id alone: where it lies is not the page's to say. */
export const draftAnswers: Readonly<Record<DraftAsk, Answering<DraftContext>>> = {
  'draft.keep': answering(asks['draft.keep'], NONE, async (kept, { drafts, paths }: DraftContext) =>
    kept.path === null || paths.has(kept.path) ? drafts.keep(kept) : fail(notChosen(kept.path)),
  ),
  'draft.drop': answering(asks['draft.drop'], NONE, async ({ id }, { drafts }: DraftContext) => {
    await drafts.drop(id);
    return ok({});
  }),
  'draft.list': answering(asks['draft.list'], NONE, async (_, { drafts }: DraftContext) =>
    ok({ drafts: await drafts.list() }),
  ),
  'draft.read': answering(asks['draft.read'], NONE, async ({ id }, { drafts, paths }: DraftContext) => {
    const draft = await drafts.read(id);
    if (draft === null) return ok({ draft });
    const { path, base, text, form } = draft;
    // The person chose it when the draft was kept, and only they can have written the draft since.
    if (path !== null) paths.add(path);
    return ok({ draft: { path, base, text, form } });
  }),
};
