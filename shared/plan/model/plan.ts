import { z } from 'zod';
import { ids } from '../../base/ids';
import { problem } from '../../base/problem';
import { step } from '../steps/step';

/** Desired against observed, as ordered steps. Plain data: what is shown is what runs, what is kept and what is printed. */
export const plan = z
  .object({
    steps: z.array(step).readonly(),
    /** An `error` among them means that something was left out; see `blocked`. */
    problems: z.array(problem).readonly(),
    /** True when an error forbids running the plan as it is. */
    blocked: z.boolean(),
    /** SHA-256 over the steps: a reviewed plan is run only if planning again gives the same. */
    fingerprint: ids.sha256,
    /** Servers whose server.toml was not read: what has to be done on them is not known. */
    notRead: z.array(ids.server).readonly().exactOptional(),
    /** What it was made from (`fleetRevision`): while that stays, planning again would give the same. */
    observed: z.string().exactOptional(),
  })
  .readonly();
export type Plan = z.output<typeof plan>;
