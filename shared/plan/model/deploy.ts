import { z } from 'zod';
import { ids } from '../../base/ids';
import { problem } from '../../base/problem';
import { shown } from '../../base/shown';

/** How a deploy ended. `apply --json` says the same word (`design.md`, "The command line"). */
export const deployOutcome = z.enum(['done', 'unchanged', 'refused', 'failed', 'rolled-back', 'cancelled']);
export type DeployOutcome = z.output<typeof deployOutcome>;

export const stepState = z.enum(['pending', 'running', 'done', 'failed', 'rolled-back', 'skipped']);
export type StepState = z.output<typeof stepState>;

/** Milliseconds since the epoch, this computer's clock. */
const at = z.number();

/** What a running deploy tells, in order. */
export const deployEvent = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('started'),
      deploy: z.string(),
      journal: z.string(),
      at,
      /** How long steps took in past deploys, milliseconds. A kind of step that never ran is missing. */
      expected: z.array(z.object({ step: ids.step, ms: z.number() }).readonly()).readonly(),
    })
    .readonly(),
  /** The person cancelled. `afterStep`: this step has begun and is finished or undone first; else it stops at once. */
  z.object({ kind: z.literal('cancelling'), step: ids.step, afterStep: z.boolean(), at }).readonly(),
  z.object({ kind: z.literal('step'), step: ids.step, state: stepState, at, note: shown }).readonly(),
  z.object({ kind: z.literal('output'), step: ids.step, text: shown, at }).readonly(),
  /** The engine wrote the primary's domain into the fleet file: this is its text now. */
  z
    .object({ kind: z.literal('fleet-file'), path: z.string(), text: z.string(), domain: ids.domain, at })
    .readonly(),
  z
    .object({
      kind: z.literal('finished'),
      outcome: deployOutcome,
      problems: z.array(problem).readonly(),
      at,
    })
    .readonly(),
]);
export type DeployEvent = z.output<typeof deployEvent>;
