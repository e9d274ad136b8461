import { z } from 'zod';
import { ids } from '../../base/ids';
import { shown, shownDiff, shownOnOneLine } from '../../base/shown';
import { deployOutcome } from './deploy';
import { jobKind } from './job';
import { stepKind } from '../steps/step';

/** What can be done about a past deploy. */
export const possible = z.enum(['resume', 'rollback']);
export type Possible = z.output<typeof possible>;

/** One past deploy, for a person. */
export const historyDeploy = z
  .object({
    deploy: z.string(),
    /** Where its journal lies. */
    folder: z.string(),
    /** ISO 8601. */
    at: z.string(),
    purpose: jobKind,
    /** The deploy it finished or undid. */
    of: z.string().nullable(),
    who: shownOnOneLine,
    host: shownOnOneLine,
    state: z.enum(['running', 'interrupted', 'finished']),
    outcome: deployOutcome.nullable(),
    settledBy: z.string().nullable(),
    /** What the engine lets one do about it: nothing else is worth offering. */
    possible: z.array(possible).readonly(),
    steps: z
      .array(
        z
          .object({
            id: ids.step,
            server: ids.server,
            action: stepKind,
            summary: shown,
            diff: shownDiff,
            /** `begun`: nothing says how it ended. */
            state: z.enum(['pending', 'begun', 'done', 'failed']),
            note: shown,
            tookMs: z.number().nullable(),
          })
          .readonly(),
      )
      .readonly(),
    /** Every server.toml it kept. A job `put-back` names one of them, and its plan's diff compares it with the live file. */
    files: z
      .array(
        z
          .object({ server: ids.server, step: ids.step, when: z.enum(['before', 'after']), file: z.string() })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type HistoryDeploy = z.output<typeof historyDeploy>;

/** A deploy whose journal this program cannot read. What is null cannot be read either. */
export const unreadDeploy = z
  .object({
    deploy: z.string(),
    folder: z.string(),
    /** Of its journal; one above the program's own was written by a newer Kanilink. */
    format: z.number().nullable(),
    /** ISO 8601. */
    at: z.string().nullable(),
    who: shownOnOneLine.nullable(),
    host: shownOnOneLine.nullable(),
    outcome: shownOnOneLine.nullable(),
    /** It ended, or somebody said that it does not run: it stands in nobody's way. */
    over: z.boolean(),
  })
  .readonly();
export type UnreadDeploy = z.output<typeof unreadDeploy>;

/** The deploys of one fleet, newest first. */
export const deployHistory = z
  .object({
    deploys: z.array(historyDeploy).readonly(),
    /** The deploy that must be resumed or rolled back before another one; null: none. */
    interrupted: z.string().nullable(),
    /** Deploys that may be of this fleet, and whose journals cannot be read. */
    unreadable: z.array(unreadDeploy).readonly(),
  })
  .readonly();
export type DeployHistory = z.output<typeof deployHistory>;
