import { createContext } from 'svelte';
import type { Proof } from '../../shared/kanidmd/proof';
import { gatherEvidence, type ShownEvidence } from '../live/shown-evidence';
import type { IpcClient } from '../bridge/ipc-client';
import { Comparing } from '../live/comparing.svelte';
import { isFresh, type PullView, viewPull } from '../live/pull-view';
import { pairOf, pullsByPair, serversById } from '../live/pull-pairs';
import { readingsOf } from '../live/readings';
import { type ServerView, viewServer } from '../live/server-view';
import { brokenLogins } from '../live/serves-view';
import { summarise } from '../live/summary';
import { LiveLog } from '../live/log/live-log.svelte';
import { DeployRun } from '../deploys/deploy-run.svelte';
import { PastDeploys } from '../deploys/past-deploys.svelte';
import { PlanReview } from '../deploys/plan-review.svelte';
import type { LayerLink } from '../../shared/fleet/difference/difference';
import type { EngineMessage, ViewAt } from '../../shared/ipc';
import { fleetRevision } from '../../shared/observed/revision';
import type { Result } from '../../shared/base/result';
import { Clock } from '../base/clock.svelte';
import { engineTold } from './engine-told';
import { Crashes } from '../services/crashes.svelte';
import { FleetDocument } from '../document/document.svelte';
import { ofOpenFleet } from '../document/fleet-reader';
import { Drafts } from '../document/drafts.svelte';
import { OnDisk } from '../document/on-disk.svelte';
import { HistoryChoice } from '../live/history-choice.svelte';
import { Live } from '../live/live.svelte';
import { OpenForms } from '../services/open-forms.svelte';
import { Notices } from '../services/notices.svelte';
import type { Found } from '../../shared/problems/entries';
import { Questions } from '../services/questions.svelte';
import { linkKey, Selection } from '../document/selection.svelte';
import { Panels } from '../services/panels.svelte';
import { Settings } from '../services/settings.svelte';
import type { Leave, OpenDialog } from './open-dialog';
import { judgeAgain, refusedByEngine, whyNotRead } from './trust';
import { problemsOfDrawing, watchedOf, withRemedyHere } from './watched';

/** What the canvas itself can do. */
export interface CanvasActions {
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
}

/** Everything the window knows and does, one object per window. Views read it; commands call its methods. */
export class App {
  readonly clock = new Clock();
  readonly document = new FleetDocument();
  readonly selection = new Selection();
  readonly notices = new Notices();
  readonly questions = new Questions();
  readonly panels = new Panels();
  readonly chart = new HistoryChoice();
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
  readonly drafts: Drafts;
  readonly onDisk: OnDisk;

  /** The forms that are open, so that none is thrown away with what was typed in it. */
  readonly forms = new OpenForms();
  #dialog = $state.raw<OpenDialog | null>(null);
  /** What the next closing of the window may lose; it counts once. */
  leaving: Leave = null;
  #tab = $state<ViewAt<'panel'>>('logs');
  /** The view above it. */
  stage = $state<ViewAt<'stage'>>('canvas');
  /** The canvas's own actions, while it is shown. */
  canvas = $state.raw<CanvasActions | null>(null);
  /** What proves something, shown instead of the log; null: the log. */
  evidence = $state.raw<ShownEvidence | null>(null);
  /** A word for what the window is waiting for; null: nothing. */
  busy = $state<string | null>(null);

  /** Nothing may be changed: asked for, or a deploy runs. */
  locked = $derived.by(() => this.settings.readOnly || this.deploy.active);
  /** The newest report may still be believed. */
  fresh = $derived.by(() => isFresh(this.live.sight, this.clock.moment));
  /** The fleet in its three layers: observed, drawn, difference. */
  layers = $derived.by(() => {
    const { fleet, topology, left } = this.document;
    if (!fleet || !topology) return { servers: [], links: [], notRead: [] };
    const ids = [...fleet.servers, ...left].map(({ id }) => id);
    const readings = readingsOf(ids, this.live.sight, this.live.read, this.fresh);
    return ofOpenFleet().readLayers(fleet, readings, topology, left);
  });
  /** The servers that were taken out of the drawing and run on, until a deploy ends that. */
  outside = $derived.by(() => this.layers.servers.filter(({ drawn }) => drawn === null));
  /** What is watched: the drawing, with the servers that were taken out of it and run on. */
  watched = $derived.by(() => watchedOf(this.document, this.layers));
  /** Stays the same while what was read of the servers gives the same plan. */
  observed = $derived.by(() => fleetRevision(this.live.sight.report?.servers ?? []));
  /** Every pull that is drawn or runs. */
  pulls = $derived.by(() =>
    this.layers.links.flatMap((link) =>
      link.pulls.map((pull) =>
        withRemedyHere(viewPull(pull, this.live.sight, this.clock.moment), this.outside),
      ),
    ),
  );
  #byPair = $derived.by(() => pullsByPair(this.pulls));
  #layers = $derived.by(() => serversById(this.layers.servers));
  summary = $derived.by(() =>
    summarise(
      this.pulls,
      this.layers.notRead,
      brokenLogins(this.live.sight, this.clock.moment),
      this.deploy.active,
    ),
  );
  /** The selected link, as it is drawn; null: none is selected, or it is not drawn. */
  link = $derived.by(() => this.layerLink?.drawn ?? null);
  /** The selected link in its three layers. */
  layerLink = $derived.by(
    (): LayerLink | null => this.layers.links.find((it) => linkKey(it) === this.selection.link) ?? null,
  );
  /** The one list of problems: roots, with what follows from each. */
  entries = $derived.by(() => (this.document.open ? ofOpenFleet().entriesOf(this.found()) : []));
  problems = $derived.by(() => (this.document.open ? ofOpenFleet().problemsIn(this.found()) : []));

  /** The engine's process; null: it runs. */
  engine = $state.raw<EngineMessage | null>(null);

  constructor(readonly client: IpcClient) {
    this.settings = new Settings(client);
    this.crashes = new Crashes(client);
    this.live = new Live(client, this.settings);
    this.log = new LiveLog(client);
    this.review = new PlanReview(client);
    this.jobReview = new PlanReview(client);
    this.deploy = new DeployRun(client);
    this.past = new PastDeploys(client);
    this.comparing = new Comparing(client);
    this.onDisk = new OnDisk(client, this.document);
    this.drafts = new Drafts(client, (fault) => this.notices.fault(fault, () => !this.document.saved));
    client.onUntrusted((fault, nth) => refusedByEngine(this, fault, nth));
    client.onEngine((told) => engineTold(this, told));
    client.onQuestion(
      (question) => this.questions.add(question),
      (id) => this.questions.remove(id),
    );
  }

  private found(): Found {
    const { live, report } = this.live.sight;
    const { topology } = this.document;
    const leaving = this.outside.map(({ id }) => id);
    return {
      document: this.document.problems,
      plan: this.review.plan?.problems ?? [],
      pulls: this.pulls.flatMap(({ health, ...pull }) => (health === 'new' ? [] : [{ ...pull, health }])),
      ...(live && report && topology
        ? {
            observed: problemsOfDrawing(report.problems, topology, leaving),
            read: report.servers.map(({ id }) => id),
          }
        : {}),
    };
  }

  /** Shows the lines that prove something; the log's filter stays as it is. */
  showEvidence(title: string, proofs: readonly Proof[]): void {
    this.evidence = gatherEvidence(title, this.log.lines, proofs);
    this.showTab('logs');
  }

  /** The view of the lower panel. */
  get tab(): ViewAt<'panel'> {
    return this.#tab;
  }

  /** A view of the lower panel that is asked for is seen: the panel unfolds. */
  showTab(view: ViewAt<'panel'>): void {
    this.#tab = view;
    this.panels.toggle('details', false);
  }

  /** The pulls of a link, as they may be shown now. */
  pullsOf(link: { readonly supplier: string; readonly consumer: string }): readonly PullView[] {
    return this.#byPair.get(pairOf(link)) ?? [];
  }

  /** A server as the window may show it now. */
  viewServer(id: string): ServerView {
    return viewServer(this.#layers.get(id) ?? null, this.live.sight, this.clock.moment, this.problems);
  }

  /** Makes one undoable edit and says it aloud. Returns false, with the reason shown, when it is refused. */
  edit(label: string, change: (text: string) => Result<string>, merge: string | null = null): boolean {
    if (this.locked) {
      this.notices.show('warn', 'The fleet is locked.', this.lockedBecause(), {
        holds: () => this.locked,
      });
      return false;
    }
    const done = this.document.edit(label, change, merge);
    if (!done.ok) {
      // Refused of this text; of another it may not be.
      const { text } = this.document;
      this.notices.fault(done.error, () => this.document.text === text);
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
    if (label && !this.document.trusted) void judgeAgain(this);
  }

  redo(): void {
    const label = this.locked ? null : this.document.redo();
    if (label) this.notices.say(`Done again: ${label}`);
    if (label && !this.document.trusted) void judgeAgain(this);
  }

  get dialog(): OpenDialog | null {
    return this.#dialog;
  }

  /** Another one takes its place only once a person has agreed to lose what they typed in it. */
  set dialog(next: OpenDialog | null) {
    if (next === null) this.closeDialog();
    else if (this.#dialog === null) this.#dialog = next;
    else this.forms.leave(() => (this.#dialog = next));
  }

  closeDialog(): void {
    this.forms.closed();
    this.#dialog = null;
  }

  /**
   * The servers changed in meaning: look at them again. `keepLog` while it is still the same fleet.
   * @param asked by a person, who opens a fleet or checks: servers that refused are tried again. An edit asks nothing.
   */
  lookAgain(keepLog: boolean, asked = !keepLog): void {
    if (!keepLog) this.evidence = null;
    const fleet = this.document.fleet;
    const refused = whyNotRead(this.document);
    if (!fleet || fleet.servers.length === 0 || refused !== null) {
      if (refused === null) this.live.forget();
      else this.live.refuse(refused.title, refused.text);
      this.log.stop();
      this.review.forget();
      if (this.document.trusted) this.past.forget();
      return;
    }
    const question = this.document.question();
    const { watched } = this;
    this.live.follow(watched.question, watched.reach, asked ? { asked } : {});
    this.log.follow(watched.question, keepLog, watched.reach);
    this.review.soon(question);
    void this.past.look(question);
    void this.comparing.look(question);
  }

  /** HTTPS and logins are looked at right away. Only of a fleet that may be read. */
  lookAtLogins(): void {
    const { watched } = this;
    this.live.follow(watched.question, watched.reach, { asked: true, lookAtLogins: true });
  }
}

export const [getApp, setApp] = createContext<App>();
