import { z } from 'zod';

/** One past deploy, for a person. */
export const historyDeploy = z.object({
  deploy: z.string(),
  /** Where its journal lies. */
  folder: z.string(),
  /** ISO 8601. */
  at: z.string(),
  purpose: z.enum(['apply', 'resume', 'rollback', 'put-back', 'renew', 'refresh']),
  /** The deploy it finished or undid. */
  of: z.string().nullable(),
  who: z.string(),
  host: z.string(),
  state: z.enum(['running', 'interrupted', 'finished']),
  outcome: z.string().nullable(),
  settledBy: z.string().nullable(),
  steps: z.array(
    z.object({
      id: z.string(),
      server: z.string(),
      action: z.string(),
      summary: z.string(),
      diff: z.string(),
      /** `begun`: nothing says how it ended. */
      state: z.enum(['pending', 'begun', 'done', 'failed']),
      note: z.string(),
      tookMs: z.number().nullable(),
    }),
  ),
  /** Every server.toml it kept; a job `put-back` names one of them, and its plan's diff compares it with the live file. */
  files: z.array(
    z.object({ server: z.string(), step: z.string(), when: z.enum(['before', 'after']), file: z.string() }),
  ),
});
export type HistoryDeploy = z.output<typeof historyDeploy>;

/** The deploys of one fleet, newest first. */
export const deployHistory = z.object({
  deploys: z.array(historyDeploy),
  /** The deploy that must be resumed or rolled back before another one; null: none. */
  interrupted: z.string().nullable(),
  /** Folders whose journal cannot be read. */
  unreadable: z.array(z.string()),
});
export type DeployHistory = z.output<typeof deployHistory>;
