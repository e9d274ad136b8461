import type { IpcClient, OpenStream } from '../bridge/ipc-client';
import type { FleetText } from '../../shared/ipc';
import type { Plan } from '../../shared/plan/model/plan';
import type { DeployEvent, DeployOutcome, StepState } from '../../shared/plan/model/deploy';
import type { Job } from '../../shared/plan/model/job';
import type { Problem } from '../../shared/base/problem';
import type { Fault } from '../../shared/base/result';
import { wallNow } from '../base/clock.svelte';
import type { Step } from '../../shared/plan/steps/step';

/** A step of a running or finished deploy. */
export interface RunStep {
  readonly step: Step;
  readonly state: StepState;
  /** The engine's last word on it. */
  readonly note: string;
  /** Milliseconds since the epoch; null: not yet. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly output: readonly string[];
}

/** What the person agreed to: the plan as read, and every server whose database may be replaced. */
export interface Order {
  readonly plan: Plan;
  readonly erase: readonly string[];
  readonly job: Job;
  /** Stale locks are taken over. */
  readonly takeOver?: boolean;
}

type FleetFile = Extract<DeployEvent, { readonly kind: 'fleet-file' }>;

/** One deploy, as its events tell it. */
export interface Run {
  readonly job: Job;
  readonly steps: readonly RunStep[];
  readonly journal: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Null while it runs. `lost`: the engine was lost, the journal knows more. */
  readonly outcome: DeployOutcome | 'lost' | null;
  readonly problems: readonly Problem[];
  readonly fault: Fault | null;
  /** The fleet file as the engine rewrote it at the end; null: it did not. */
  readonly rewritten: FleetFile | null;
  readonly cancelling: boolean;
  /** How long steps took in past deploys, milliseconds, by step; a kind that never ran is missing. */
  readonly expected: Readonly<Record<string, number>>;
}

/** Lines of output kept per step. */
const LONGEST_OUTPUT = 1000;

/**
 * A deploy of which nothing was heard yet.
 * @param at milliseconds since the epoch.
 */
export function startRun(steps: readonly Step[], at: number, job: Job = { kind: 'apply' }): Run {
  return {
    job,
    steps: steps.map((step) => ({
      step,
      state: 'pending',
      note: '',
      startedAt: null,
      endedAt: null,
      output: [],
    })),
    journal: null,
    startedAt: at,
    endedAt: null,
    outcome: null,
    problems: [],
    fault: null,
    rewritten: null,
    cancelling: false,
    expected: {},
  };
}

/** The run after an event. */
export function after(run: Run, event: DeployEvent): Run {
  switch (event.kind) {
    case 'started':
      return {
        ...run,
        journal: event.journal,
        startedAt: event.at,
        expected: Object.fromEntries(event.expected.map(({ step, ms }) => [step, ms])),
      };
    case 'step':
      return changeStep(run, event.step, (step) => ({
        ...step,
        state: event.state,
        note: event.note || step.note,
        startedAt: event.state === 'running' ? (step.startedAt ?? event.at) : step.startedAt,
        endedAt: event.state === 'running' || event.state === 'pending' ? null : event.at,
      }));
    case 'output':
      return changeStep(run, event.step, (step) => ({
        ...step,
        output: [...step.output, ...event.text.replace(/\n$/, '').split('\n')].slice(-LONGEST_OUTPUT),
      }));
    case 'cancelling':
      return changeStep({ ...run, cancelling: true }, event.step, (step) => ({
        ...step,
        note: event.afterStep
          ? 'cancelling: has begun, is finished or undone first'
          : 'cancelling: stops now',
      }));
    case 'fleet-file':
      return { ...run, rewritten: event };
    case 'finished':
      return {
        ...run,
        outcome: event.outcome,
        problems: event.problems,
        endedAt: event.at,
        cancelling: false,
      };
  }
}

function changeStep(run: Run, id: string, change: (step: RunStep) => RunStep): Run {
  return { ...run, steps: run.steps.map((step) => (step.step.id === id ? change(step) : step)) };
}

/** The deploy of this window; the journals know those before it. */
export class DeployRun {
  run = $state.raw<Run | null>(null);
  /** What the newest run was asked for. */
  order: Order | null = null;
  active = $derived(this.run !== null && this.run.outcome === null);
  readonly #client: IpcClient;
  #stream: OpenStream | null = null;

  constructor(client: IpcClient) {
    this.#client = client;
  }

  /** Runs the reviewed plan. `finished` is called once. @param progressed hears of every step that begins or ends. */
  start(
    fleet: FleetText,
    order: Order,
    finished: (run: Run) => void,
    progressed: (before: Run, now: Run) => void = () => undefined,
  ): void {
    if (this.active) return;
    const { plan, erase, job, takeOver = false } = order;
    this.order = order;
    this.run = startRun(plan.steps, wallNow(), job);
    const end = (run: Run): void => {
      this.run = run;
      finished(run);
    };
    this.#stream = this.#client.open(
      'deploy',
      {
        fleet,
        fingerprint: plan.fingerprint,
        erase: [...erase],
        ...(job.kind === 'apply' ? {} : { job }),
        ...(takeOver ? { takeOver } : {}),
      },
      {
        onItems: (events) => {
          let run = this.run;
          if (!run) return;
          for (const event of events) run = after(run, event);
          if (this.run) progressed(this.run, run);
          if (run.outcome !== null) end(run);
          else this.run = run;
        },
        onEnd: (fault) => {
          if (this.run && this.run.outcome === null)
            end({ ...this.run, outcome: 'lost', fault, endedAt: wallNow(), cancelling: false });
        },
      },
    );
  }

  /** Asks the engine to stop; it finishes or undoes the running step and then says how it ended. */
  cancel(): void {
    if (!this.run || !this.active || this.run.cancelling) return;
    this.run = { ...this.run, cancelling: true };
    this.#stream?.cancel();
  }

  /** Another fleet was opened: its history begins afresh. */
  forget(): void {
    if (this.active) return;
    this.run = null;
  }
}
