import type { Certificate } from '../../certificates/certificate';
import type { DomainUuid, Origin, ServerId, StepId } from '../../base/names';
import { stepId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { parseOrigin } from '../../base/origin';
import type { Result } from '../../base/result';
import { ok } from '../../base/result';
import { editServerConfig } from '../../server-config/edit-server-config';
import type { ServerConfig } from '../../server-config/server-config';
import { supports } from '../../versions/versions';
import {
  certificateStep,
  type PlayedServer,
  pinnedIn,
  restartRisk,
  sameBytes,
  unique,
  withPlaceholder,
} from './played-server';
import type { Erasure } from '../erasure/erasure';
import type { OwnerOf } from '../../fleet/model/owners';
import type { ConfigureStep, PlannedChange } from '../steps/configure';
import { kindOf, type Step } from '../steps/step';
import { FleetModel, type AppliedEdit } from './fleet-model';
import { fileTested, type StepWords, stepWords as words } from './step-words';

/** What a configure step says of itself, and what it waits for. */
export interface ConfigureWords {
  readonly summary: string;
  readonly why: string;
  readonly needs: readonly (StepId | null)[];
  /** What must hold besides what always must. */
  readonly requires?: readonly string[];
}

const newerFile = (id: ServerId, unread: boolean): string => (unread ? words.newerFile(id) : '');

/** An erasure that no step is there to cause. */
export interface Surprise extends Erasure {
  readonly step: Step;
  /** It would be by a refresh that may have been asked for earlier. */
  readonly asked: boolean;
}

/**
 * A plan in the making: every step is played on a model of all servers as soon as it is added, so that its diff starts
 * where the step before left off, and so that whom it erases is computed and not assumed.
 */
export class PlanBuilder {
  readonly steps: Step[] = [];
  /** Erasures a step would cause that it is not there to cause. Each makes the plan unfit to run. */
  readonly surprises: Surprise[] = [];
  /** Servers that are about to start with a file that their process has not read. */
  private readonly bringing = new Set<ServerId>();
  /** The servers as the steps so far leave them. */
  readonly model: FleetModel;

  /** @param mayRestart which servers may be restarted besides those a step is about. @param starting see `FleetModel`. */
  constructor(
    observed: Iterable<ObservedServer>,
    ownerOf: OwnerOf,
    private readonly mayRestart: (id: ServerId) => boolean = () => true,
    starting: ServerId | null = null,
  ) {
    this.model = new FleetModel(observed, ownerOf, starting);
  }

  /** The server as the steps so far leave it; undefined when its file could not be read. */
  server(id: ServerId): PlayedServer | undefined {
    return this.model.server(id);
  }

  /** Its server.toml, read, as the steps so far leave it. */
  config(id: ServerId): ServerConfig | null {
    return this.model.config(id);
  }

  /**
   * Adds the step that brings a server's file to `changes` and restarts it. No step when nothing changes. A server that could be
   * erased by a refresh that was asked for earlier, once this file lets it through, is restarted before.
   * @param mayErase whom this step is there to erase.
   */
  configure(
    id: ServerId,
    changes: readonly PlannedChange[],
    words: ConfigureWords,
    mayErase: ServerId | null = null,
  ): Result<StepId | null> {
    const server = this.server(id);
    if (!server) return ok(null);
    const { path, sha256 } = server.file;
    const edited = editServerConfig(server.bytes, changes.map(withPlaceholder), { server: id, file: path });
    if (!edited.ok) return edited;
    if (sameBytes(edited.value, server.bytes)) return ok(null);
    const unread = this.model.isUnread(id);
    const written = this.write(server, edited.value);
    if (!written.ok) return written;
    const { diff, erasures, wakes } = written.value;
    const step: ConfigureStep = {
      id: this.nextId(),
      server: id,
      action: 'configure',
      needs: unique([...words.needs, server.last, ...changes.map(certificateStep)]),
      requires: [
        'server.toml is still the file shown here',
        'the running kanidmd is the one on disk',
        fileTested(id),
        ...pinnedIn(changes).map((of) => `${of} shows the certificate that is pinned`),
        ...(words.requires ?? []),
      ],
      summary: words.summary,
      why: words.why + newerFile(id, unread),
      risk: restartRisk(server.observed),
      diff,
      ...this.readsNow(id, unread),
      erases: unique(erasures.map((it) => it.erased)),
      from: server.wrote === null ? { sha256 } : { after: server.wrote },
      path,
      changes,
      pullsFrom: this.model.pullsFrom(id),
    };
    this.add(step, mayErase, step.id);
    this.surprises.push(...wakes.map((it) => ({ ...it, step, asked: true })));
    return ok(step.id);
  }

  /** Gives a server another file, after a restart of everyone whom a refresh asked for earlier could then erase. */
  private write(server: PlayedServer, bytes: Uint8Array): Result<AppliedEdit> {
    const written = this.model.write(server, bytes);
    if (!written.ok) return written;
    if (written.value.wakes.length === 0) return written;
    this.model.unwrite(server);
    this.restartAsked(server.observed.id, written.value.wakes);
    return this.model.write(server, bytes);
  }

  /** A server that is itself about to start with an unread file is not restarted for the sake of another one first. */
  private restartAsked(before: ServerId, wakes: readonly Erasure[]): void {
    const unread = this.model.isUnread(before);
    if (unread) this.bringing.add(before);
    for (const id of unique(wakes.map((it) => it.erased)))
      if (this.mayRestart(id) && !this.bringing.has(id)) this.restart(id, words.mayBeAsked(before));
    if (unread) this.bringing.delete(before);
  }

  /** Restarts whom its unread file could let take its data. @returns who is left. */
  private letNobodyTake(id: ServerId): readonly Erasure[] {
    this.restartAsked(id, this.model.wakes(id));
    return this.model.wakes(id);
  }

  /**
   * Adds the step that puts an earlier file back. It passes the same erase rules as any other change: whom it erases is
   * named, and backed up before. No step when the file is there already.
   */
  putBack(
    id: ServerId,
    earlier: string,
    words: { readonly summary: string; readonly why: string },
  ): Result<void> {
    const server = this.server(id);
    const bytes = new TextEncoder().encode(earlier);
    if (!server || sameBytes(bytes, server.bytes)) return ok(undefined);
    const tried = this.model.write(server, bytes);
    if (!tried.ok) return tried;
    this.model.unwrite(server);
    const { diff, erasures, wakes } = tried.value;
    const unread = this.model.isUnread(id);
    const erases = unique(erasures.map((it) => it.erased));
    this.restartAsked(id, wakes);
    for (const erased of erases) this.backup(erased);
    const plain = this.plain(id, 'put-back', {
      ...words,
      why: words.why + newerFile(id, unread),
      risk: restartRisk(server.observed),
      requires: [
        'server.toml is still the file shown here',
        'the running kanidmd is the one on disk',
        fileTested(id),
      ],
    });
    const { path, sha256 } = server.file;
    this.model.write(this.server(id) ?? server, bytes);
    for (const { erased, by } of erasures) this.model.takeDomain(erased, this.model.domain(by));
    const file = { path, from: { sha256 }, text: earlier, diff, ...this.readsNow(id, unread) };
    const step: Step = { ...plain, action: 'put-back', ...file, erases };
    this.add(step, null, plain.id);
    return ok(undefined);
  }

  /** Reads the certificate a server makes itself once it has `[replication]`. */
  readCertificate(id: ServerId): void {
    const step = this.plain(id, 'read-certificate', words.readCertificate(id));
    this.add({ ...step, action: 'read-certificate' });
  }

  /** Renews a server's certificate. @returns the step whose outcome its partners pin. */
  renewCertificate(id: ServerId, old: Certificate): StepId {
    const step = this.plain(id, 'renew-certificate', words.renewCertificate(id));
    this.add({ ...step, action: 'renew-certificate', old: old.text });
    return step.id;
  }

  /** Restarts a server. A file that the process has not read is shown and said: it counts from then on. @param why besides */
  restart(id: ServerId, why: string): void {
    const server = this.server(id);
    const unread = this.model.isUnread(id);
    const left = this.letNobodyTake(id);
    const step: Step = {
      ...this.plain(
        id,
        'restart',
        words.restart(id, why + newerFile(id, unread), restartRisk(server?.observed)),
      ),
      action: 'restart',
      ...this.readsNow(id, unread),
    };
    this.add(step);
    this.surprises.push(...left.map((it) => ({ ...it, step, asked: true })));
  }

  /** Starts a server that does not run. @param risk what can go wrong; empty: nothing is known to. */
  start(id: ServerId, risk: string): void {
    const server = this.server(id);
    if (server === undefined) return;
    const left = this.letNobodyTake(id);
    const reads = this.model.shownFile(server);
    const step: Step = { ...this.plain(id, 'start', words.start(id, risk)), action: 'start', reads };
    this.add(step);
    this.surprises.push(...left.map((it) => ({ ...it, step, asked: true })));
  }

  backup(id: ServerId): void {
    const version = this.server(id)?.observed.versionOnDisk ?? null;
    const stops = version !== null && !supports(version, 'online-backup');
    this.add({ ...this.plain(id, 'backup', words.backup(id, stops)), action: 'backup', stops });
  }

  /** The refresh itself: from here on the server holds its source's domain. */
  refresh(
    id: ServerId,
    source: ServerId,
    sourceOrigin: Origin,
    domain: DomainUuid,
    by: 'command' | 'automatic',
  ): void {
    const own = this.server(id)?.observed.domain?.uuid ?? null;
    const asked = own === domain;
    const step = this.plain(id, 'refresh', words.refresh(id, own, source, domain));
    const host = parseOrigin(sourceOrigin)?.host ?? '';
    this.add({ ...step, action: 'refresh', source, sourceHost: host, domain, by, asked, erases: [id] }, id);
  }

  /** The proof that a server's pulls work. */
  verify(id: ServerId, suppliers: readonly { readonly server: ServerId; readonly origin: Origin }[]): void {
    const names = suppliers.map((it) => it.server);
    const step = this.plain(id, 'verify', words.verify(id, names));
    this.add({ ...step, needs: this.after(step, names), action: 'verify', suppliers });
  }

  /** The proof that two servers hold the same data. */
  compare(id: ServerId, other: ServerId): void {
    const step = this.plain(id, 'compare', words.compare(id, other));
    this.add({ ...step, needs: this.after(step, [other]), action: 'compare', with: other });
  }

  /** The whole file as it is now in the draft, where the process has not read all that stood in it: the diff is not all that changes. */
  private readsNow(id: ServerId, unread: boolean): { readonly reads?: string } {
    const server = unread ? this.server(id) : undefined;
    return server === undefined ? {} : { reads: this.model.shownFile(server) };
  }

  /** What a step waits for when it looks at other servers too. */
  private after(step: { readonly needs: readonly StepId[] }, others: readonly ServerId[]): StepId[] {
    return unique([...step.needs, ...others.map((it) => this.server(it)?.last ?? null)]);
  }

  private plain<A extends Step['action']>(id: ServerId, action: A, said: StepWords) {
    const needs = unique([this.server(id)?.last ?? null]);
    return { id: this.nextId(), server: id, action, needs, ...said, diff: '', erases: [] };
  }

  /** @param wrote the step, when it leaves another file. */
  private add(step: Step, mayErase: ServerId | null = null, wrote: StepId | null = null): void {
    this.steps.push(step);
    this.model.note(step.server, { last: step.id, ...(wrote === null ? {} : { wrote }) });
    for (const { erased, by } of this.model.pending())
      if (erased !== mayErase && step.action !== 'refresh')
        this.surprises.push({ step, erased, by, asked: false });
    kindOf(step).play(step, this.model);
  }

  private nextId(): StepId {
    return stepId(this.steps.length + 1);
  }
}
