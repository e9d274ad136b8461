import type { Certificate } from '../kanidmd/certificate';
import type { DomainUuid, Origin, ServerId, StepId } from '../names';
import { stepId } from '../names';
import type { ObservedServer } from '../observed';
import { parseOrigin } from '../origin';
import type { Result } from '../result';
import { ok } from '../result';
import { maskedDiff, placeholderFor } from '../server-config/diff';
import { editServerConfig } from '../server-config/edit-server-config';
import { readServerConfig } from '../server-config/read-server-config';
import { type ServerConfig, pulls } from '../server-config/server-config';
import {
  type DraftServer,
  modelOf,
  certificateStep,
  describeCertificate,
  sameBytes,
  text,
  unique,
  withPlaceholder,
} from './draft-values';
import { erasures, type ModelServer } from './erasure';
import type { ConfigureStep, PlannedChange, Step } from './plan';
import { supports } from '../server-config/versions';
import { type StepWords, stepWords as words } from './step-words';

/**
 * A plan in the making: every step is played on a model of all servers as soon as it is added, so that its diff starts
 * where the step before left off, and so that whom it erases is computed and not assumed.
 */
export class Draft {
  readonly steps: Step[] = [];
  /** Erasures a step would cause that it is not there to cause; each makes the plan unfit to run. */
  readonly surprises: { readonly step: Step; readonly erased: ServerId; readonly by: ServerId }[] = [];
  private readonly drafts = new Map<ServerId, DraftServer>();
  private readonly model = new Map<ServerId, ModelServer>();
  private readonly pinned = new Map<string, string>();

  constructor(
    observed: Iterable<ObservedServer>,
    private readonly partnerAt: (origin: Origin) => ServerId | null,
  ) {
    for (const server of observed) {
      if (server.file === null || server.config === null) continue;
      const certificate = server.certificate === null ? null : { known: server.certificate };
      const bytes = new TextEncoder().encode(server.file.text);
      const { file, config } = server;
      this.drafts.set(server.id, {
        observed: server,
        file,
        bytes,
        config,
        certificate,
        last: null,
        wrote: null,
      });
      if (server.certificate)
        this.pinned.set(server.certificate.text, describeCertificate(server.id, server.certificate));
      this.play(server.id, server.domain?.uuid ?? null);
    }
  }

  /** The server as the steps so far leave it; undefined when its file could not be read. */
  server(id: ServerId): DraftServer | undefined {
    return this.drafts.get(id);
  }

  /** The origins a server pulls from, as the steps so far leave its file. */
  pullsFrom(id: ServerId): readonly Origin[] {
    return (
      this.config(id)
        ?.replication?.partners.filter((it) => pulls(it.type))
        .map((it) => it.origin) ?? []
    );
  }

  /** Its server.toml, read, as the steps so far leave it. */
  config(id: ServerId): ServerConfig | null {
    return this.drafts.get(id)?.config ?? null;
  }

  /** Who would erase himself right now, before any further step. */
  pending() {
    return erasures(this.model);
  }

  /**
   * Adds the step that brings a server's file to `changes` and restarts it. No step when nothing changes.
   * @param mayErase whom this step is there to erase.
   */
  configure(
    id: ServerId,
    changes: readonly PlannedChange[],
    words: { readonly summary: string; readonly why: string; readonly needs: readonly (StepId | null)[] },
    mayErase: ServerId | null = null,
  ): Result<StepId | null> {
    const draft = this.drafts.get(id);
    if (!draft) return ok(null);
    const edited = editServerConfig(draft.bytes, changes.map(withPlaceholder), {
      server: id,
      file: draft.file.path,
    });
    if (!edited.ok) return edited;
    if (sameBytes(edited.value, draft.bytes)) return ok(null);
    const read = readServerConfig(edited.value, { server: id, file: draft.file.path });
    if (!read.ok) return read;
    const diff = maskedDiff(
      draft.file.path,
      text(draft.bytes),
      text(edited.value),
      (pin) => this.pinned.get(pin) ?? null,
    );
    const before = new Set(this.pending().map((it) => it.erased));
    const needs = [...words.needs, draft.last, ...changes.map(certificateStep)];
    this.drafts.set(id, { ...draft, bytes: edited.value, config: read.value });
    this.play(id);
    const step: ConfigureStep = {
      id: this.nextId(),
      server: id,
      action: 'configure',
      needs: unique(needs),
      requires: ['server.toml is still the file shown here', 'the running kanidmd is the one on disk'],
      summary: words.summary,
      why: words.why,
      risk: 'kanidmd restarts: logins on this server pause for a moment',
      diff,
      erases: unique(this.pending().map((it) => it.erased)).filter((erased) => !before.has(erased)),
      from: draft.wrote === null ? { sha256: draft.file.sha256 } : { after: draft.wrote },
      path: draft.file.path,
      changes,
      pullsFrom: this.pullsFrom(id),
    };
    this.add(step, mayErase, { wrote: step.id });
    return ok(step.id);
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
    const draft = this.drafts.get(id);
    const bytes = new TextEncoder().encode(earlier);
    if (!draft || sameBytes(bytes, draft.bytes)) return ok(undefined);
    const read = readServerConfig(bytes, { server: id, file: draft.file.path });
    if (!read.ok) return read;
    const before = new Set(this.pending().map((it) => it.erased));
    this.drafts.set(id, { ...draft, bytes, config: read.value });
    this.play(id);
    const erasures = this.pending().filter((it) => !before.has(it.erased));
    this.drafts.set(id, draft);
    this.play(id);
    const erases = unique(erasures.map((it) => it.erased));
    for (const erased of erases) this.backup(erased);
    const plain = this.plain(id, 'put-back', {
      ...words,
      risk: 'kanidmd restarts: logins on this server pause for a moment',
      requires: ['server.toml is still the file shown here', 'the running kanidmd is the one on disk'],
    });
    const diff = maskedDiff(
      draft.file.path,
      text(draft.bytes),
      earlier,
      (pin) => this.pinned.get(pin) ?? null,
    );
    const from = { sha256: draft.file.sha256 };
    this.drafts.set(id, { ...(this.drafts.get(id) ?? draft), bytes, config: read.value });
    this.play(id);
    for (const { erased, by } of erasures) this.play(erased, this.model.get(by)?.domain ?? null);
    this.add(
      { ...plain, action: 'put-back', path: draft.file.path, from, text: earlier, diff, erases },
      null,
      {
        wrote: plain.id,
      },
    );
    return ok(undefined);
  }

  /** Reads the certificate a server makes itself once it has `[replication]`. */
  readCertificate(id: ServerId): void {
    const step = this.plain(id, 'read-certificate', words.readCertificate(id));
    this.add({ ...step, action: 'read-certificate' }, null, {});
    this.certificateAfter(id, step.id);
  }

  /** Renews a server's certificate. @returns the step whose outcome its partners pin. */
  renewCertificate(id: ServerId, old: Certificate): StepId {
    const step = this.plain(id, 'renew-certificate', words.renewCertificate(id));
    this.add({ ...step, action: 'renew-certificate', old: old.text }, null, {});
    this.certificateAfter(id, step.id);
    return step.id;
  }

  restart(id: ServerId, why: string): void {
    this.add({ ...this.plain(id, 'restart', words.restart(id, why)), action: 'restart' }, null, {});
  }

  backup(id: ServerId): void {
    const version = this.drafts.get(id)?.observed.versionOnDisk ?? null;
    const stops = version !== null && !supports(version, 'online-backup');
    this.add({ ...this.plain(id, 'backup', words.backup(id, stops)), action: 'backup', stops }, null, {});
  }

  /** The refresh itself. Plays it on the model: from here on the server holds its source's domain. */
  refresh(
    id: ServerId,
    source: ServerId,
    sourceOrigin: Origin,
    domain: DomainUuid,
    by: 'command' | 'automatic',
  ): void {
    const own = this.drafts.get(id)?.observed.domain?.uuid ?? null;
    const step = this.plain(id, 'refresh', words.refresh(id, own, source, domain));
    const host = parseOrigin(sourceOrigin)?.host ?? '';
    this.add({ ...step, action: 'refresh', source, sourceHost: host, domain, by, erases: [id] }, id, {});
    this.play(id, domain);
  }

  /** The proof that a server's pulls work. */
  verify(id: ServerId, suppliers: readonly { readonly server: ServerId; readonly origin: Origin }[]): void {
    const names = suppliers.map((it) => it.server);
    const step = this.plain(id, 'verify', words.verify(id, names));
    this.add({ ...step, needs: this.after(step, names), action: 'verify', suppliers }, null, {});
  }

  /** The proof that two servers hold the same data. */
  compare(id: ServerId, other: ServerId): void {
    const step = this.plain(id, 'compare', words.compare(id, other));
    this.add({ ...step, needs: this.after(step, [other]), action: 'compare', with: other }, null, {});
  }

  /** What a step waits for when it looks at other servers too. */
  private after(step: { readonly needs: readonly StepId[] }, others: readonly ServerId[]): StepId[] {
    return unique([...step.needs, ...others.map((it) => this.drafts.get(it)?.last ?? null)]);
  }

  /** From here on a server's certificate is the one that a step will show. */
  private certificateAfter(id: ServerId, after: StepId): void {
    const draft = this.drafts.get(id);
    if (draft) this.drafts.set(id, { ...draft, certificate: { after } });
    this.pinned.set(placeholderFor(id, after), `certificate of ${id}, known after step ${after}`);
    this.play(id);
  }

  private plain<A extends Step['action']>(id: ServerId, action: A, said: StepWords) {
    const needs = unique([this.drafts.get(id)?.last ?? null]);
    return { id: this.nextId(), server: id, action, needs, ...said, diff: '', erases: [] };
  }

  private add(step: Step, mayErase: ServerId | null, change: Partial<DraftServer>): void {
    this.steps.push(step);
    const draft = this.drafts.get(step.server);
    if (draft) this.drafts.set(step.server, { ...draft, ...change, last: step.id });
    for (const { erased, by } of this.pending())
      if (erased !== mayErase && step.action !== 'refresh') this.surprises.push({ step, erased, by });
  }

  private nextId(): StepId {
    return stepId(this.steps.length + 1);
  }

  private play(id: ServerId, domain: string | null = this.model.get(id)?.domain ?? null): void {
    const certificate = this.drafts.get(id)?.certificate ?? null;
    this.model.set(id, modelOf({ id, domain, certificate, config: this.config(id) }, this.partnerAt));
  }
}
