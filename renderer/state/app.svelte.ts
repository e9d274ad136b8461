import { createContext } from 'svelte';
import type { Client } from '../bridge/client';
import { Comparing } from '../health/comparing.svelte';
import { type PullView, viewPull } from '../health/pull-view';
import { summarise } from '../health/summary';
import { LiveLog } from '../logs/live-log.svelte';
import { DeployRun } from '../plan/deploy-run.svelte';
import { PastDeploys } from '../plan/past-deploys.svelte';
import { PlanReview } from '../plan/plan-review.svelte';
import { configuredBy } from '../plan/plan-words';
import { type Link, pullsOf } from '../../shared/fleet/fleet';
import type { Job } from '../../shared/plan/job';
import type { Result } from '../../shared/result';
import { Clock } from './clock.svelte';
import { Crashes } from './crashes.svelte';
import { FleetDocument } from './document.svelte';
import { Live } from './live.svelte';
import { Notices } from './notices.svelte';
import { eachOnce } from './problems';
import { Questions } from './questions.svelte';
import { linkKey, Selection } from './selection.svelte';
import { Settings } from './settings.svelte';

/** The dialog that is open; there is one at a time (the engine's questions stand above it). */
export type OpenDialog =
  | { readonly kind: 'server'; readonly id: string | null }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'pair'; readonly a: string | null; readonly b: string | null }
  /** Without `job`: what the fleet file says. */
  | { readonly kind: 'review'; readonly job?: Job }
  | { readonly kind: 'adopt' }
  | { readonly kind: 'deploy' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'unsaved'; readonly then: () => void };

/** What the canvas itself can do. */
export interface CanvasActions {
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
}

export type BottomTab = 'problems' | 'plan' | 'logs' | 'certificates' | 'history';

/** Everything the window knows and does, one object per window. Views read it; commands call its methods. */
export class App {
  readonly clock = new Clock();
  readonly document = new FleetDocument();
  readonly selection = new Selection();
  readonly notices = new Notices();
  readonly questions = new Questions();
  readonly settings: Settings;
  readonly crashes: Crashes;
  readonly live: Live;
  readonly log: LiveLog;
  readonly review: PlanReview;
  /** The plan of another job than the fleet file's: resume, roll back, put back. */
  readonly jobReview: PlanReview;
  readonly deploy: DeployRun;
  readonly past: PastDeploys;
  readonly comparing: Comparing;

  dialog = $state.raw<OpenDialog | null>(null);
  tab = $state<BottomTab>('logs');
  view = $state<'canvas' | 'table'>('canvas');
  /** The canvas's own actions, while it is shown. */
  canvas = $state.raw<CanvasActions | null>(null);
  /** A word for what the window is waiting for; null: nothing. */
  busy = $state<string | null>(null);

  /** Nothing may be changed: asked for, or a deploy runs. */
  locked = $derived.by(() => this.settings.readOnly || this.deploy.active);
  planned = $derived.by(() => configuredBy(this.review.plan));
  pulls = $derived.by(() =>
    (this.document.topology?.pulls ?? []).map((pull) =>
      viewPull(pull, this.live.sight, this.clock.now, this.planned),
    ),
  );
  summary = $derived.by(() => summarise(this.pulls));
  link = $derived.by(
    () => this.document.fleet?.links.find((link) => linkKey(link) === this.selection.link) ?? null,
  );
  problems = $derived.by(() =>
    eachOnce([
      ...this.document.problems,
      ...(this.review.plan?.problems ?? []),
      ...(this.live.sight.live ? (this.live.sight.report?.problems ?? []) : []),
    ]),
  );

  constructor(readonly client: Client) {
    this.settings = new Settings(client);
    this.crashes = new Crashes(client);
    this.live = new Live(client);
    this.log = new LiveLog(client);
    this.review = new PlanReview(client);
    this.jobReview = new PlanReview(client);
    this.deploy = new DeployRun(client);
    this.past = new PastDeploys(client);
    this.comparing = new Comparing(client);
    client.onQuestion(
      (question) => this.questions.add(question),
      (id) => this.questions.remove(id),
    );
  }

  /** The pulls of a link, as they may be shown now. */
  pullsOf(link: Link): readonly PullView[] {
    return pullsOf(link).flatMap((pull) =>
      this.pulls.filter((view) => view.consumer === pull.consumer && view.supplier === pull.supplier),
    );
  }

  /** Makes one undoable edit and says it aloud. Returns false, with the reason shown, when it is refused. */
  edit(label: string, change: (text: string) => Result<string>, merge: string | null = null): boolean {
    if (this.locked) {
      this.notices.show('warn', 'The fleet is locked.', this.lockedBecause());
      return false;
    }
    const done = this.document.edit(label, change, merge);
    if (!done.ok) {
      this.notices.fault(done.error);
      return false;
    }
    if (merge === null) this.notices.say(`${label}. Not deployed yet.`);
    return true;
  }

  lockedBecause(): string {
    return this.deploy.active
      ? 'A deploy is running.'
      : 'Read-only mode is on; turn it off in the command palette.';
  }

  undo(): void {
    const label = this.locked ? null : this.document.undo();
    if (label) this.notices.say(`Undone: ${label}`);
  }

  redo(): void {
    const label = this.locked ? null : this.document.redo();
    if (label) this.notices.say(`Done again: ${label}`);
  }

  closeDialog(): void {
    this.dialog = null;
  }

  /** The servers changed in meaning: look at them again. `keepLog` while it is still the same fleet. */
  lookAgain(keepLog: boolean): void {
    const fleet = this.document.fleet;
    // The engine refuses a fleet file with errors; what is wrong stands among the problems.
    if (!this.document.open || !fleet || fleet.servers.length === 0 || this.document.hasErrors) {
      this.live.forget();
      this.log.stop();
      this.review.forget();
      this.past.forget();
      return;
    }
    const question = this.document.question();
    this.live.follow(question, this.document.pulls);
    this.log.follow(question, keepLog);
    this.review.soon(question);
    void this.past.look(question);
    void this.comparing.look(question);
  }
}

export const [getApp, setApp] = createContext<App>();
