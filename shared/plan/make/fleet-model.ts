import type { Certificate } from '../../certificates/certificate';
import type { Origin, ServerId, StepId } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { type Result, ok } from '../../base/result';
import { maskCertificates } from '../../server-config/mask-certificates';
import { maskedDiff, placeholderFor } from '../../server-config/diff';
import { readServerConfig } from '../../server-config/read-server-config';
import { partnersOf, pulls, type ServerConfig } from '../../server-config/server-config';
import { type PlayedServer, describeCertificate, modelOf, text } from './played-server';
import type { Erasure } from '../erasure/erasure';
import { ErasureWatch } from '../erasure/erasure-watch';
import type { OwnerOf } from '../../fleet/model/owners';
import { isOlderThanItsFile } from './older-than-file';
import { readsRequests } from './reads-requests';
import type { Later } from '../steps/any-step';

/**
 * All servers as the steps of a plan so far leave them: their files, certificates and domains, and which would
 * erase themselves as they stand. Steps are played here as soon as they are drawn up. Nothing is known of steps.
 */
export class FleetModel {
  private readonly servers = new Map<ServerId, PlayedServer>();
  private readonly watch = new ErasureWatch();
  private readonly pinned = new Map<string, string>();

  /** @param starting a server that does not run, and will: nothing it says is known, all of it counts. */
  constructor(
    observed: Iterable<ObservedServer>,
    private readonly ownerOf: OwnerOf,
    private readonly starting: ServerId | null = null,
  ) {
    for (const server of observed) {
      const { file, config } = server;
      if (file === null || config === null) continue;
      const certificate = server.certificate === null ? null : { known: server.certificate };
      const bytes = new TextEncoder().encode(file.text);
      this.servers.set(server.id, {
        observed: server,
        file,
        bytes,
        config,
        certificate,
        // One that says nothing at all is told as broken, and holds nobody else back, unless it is about to start.
        unseen: certificate === null && (server.domain !== null || server.id === starting),
        last: null,
        wrote: null,
        asked: true,
      });
      if (server.certificate)
        this.pinned.set(server.certificate.text, describeCertificate(server.id, server.certificate));
      this.play(server.id, server.domain?.uuid ?? null);
    }
  }

  /** Undefined when its file could not be read. */
  server(id: ServerId): PlayedServer | undefined {
    return this.servers.get(id);
  }

  /** Its server.toml, read. */
  config(id: ServerId): ServerConfig | null {
    return this.servers.get(id)?.config ?? null;
  }

  /** The origins a server pulls from. */
  pullsFrom(id: ServerId): readonly Origin[] {
    const partners = partnersOf(this.config(id));
    return partners.filter((it) => pulls(it.type)).map((it) => it.origin);
  }

  /** The domain a server's database belongs to; null: not known. */
  domain(id: ServerId): string | null {
    return this.watch.get(id)?.domain ?? null;
  }

  /** Which servers would erase themselves now. */
  pending(): readonly Erasure[] {
    return this.watch.automatic();
  }

  /** True when a pull would get through and find the consumer's own domain. */
  works(consumer: ServerId, supplier: ServerId): boolean {
    return this.watch.connects(consumer, supplier) && this.domain(consumer) === this.domain(supplier);
  }

  /** Whether its next start makes another file count than its process has read. One that does not run has read none. */
  isUnread(id: ServerId): boolean {
    const server = this.servers.get(id);
    return server?.asked === true && (id === this.starting || isOlderThanItsFile(server.observed));
  }

  /**
   * Whom a refresh that was asked for earlier may erase once a server starts with a file that its process has not read
   * (`kanidm.md`, "Refresh erases", 8): until then it may let nobody in.
   */
  wakes(id: ServerId): readonly Erasure[] {
    return this.isUnread(id) ? this.letInBy(id) : [];
  }

  private letInBy(by: ServerId): readonly Erasure[] {
    const others = [...this.servers.keys()].filter((it) => it !== by && this.mayBeAsked(it, by));
    return others.map((erased) => ({ erased, by }));
  }

  private mayBeAsked(consumer: ServerId, supplier: ServerId): boolean {
    const server = this.servers.get(consumer);
    if (!server?.asked || server.observed.state !== 'running') return false;
    const tables = server.config.replication?.partners.filter((it) => this.ownerOf(it) === supplier) ?? [];
    const read = readsRequests(
      server.observed,
      tables.map((it) => it.origin),
    );
    return !read && this.watch.mayTake(consumer, supplier, this.isUnread(consumer));
  }

  /** Notes what the steps of a server are. */
  note(id: ServerId, change: Partial<Pick<PlayedServer, 'last' | 'wrote'>>): void {
    const server = this.servers.get(id);
    if (server) this.servers.set(id, { ...server, ...change });
  }

  /** A server starts again: what was asked of it before is dropped. */
  restart(id: ServerId): void {
    const server = this.servers.get(id);
    if (!server?.asked) return;
    this.servers.set(id, { ...server, asked: false });
    this.play(id);
  }

  /**
   * Gives a server another file and starts it again.
   * @returns what that changes; a fault when the file cannot be read.
   */
  write(server: PlayedServer, bytes: Uint8Array): Result<AppliedEdit> {
    const { observed, file } = server;
    const read = readServerConfig(bytes, { server: observed.id, file: file.path });
    if (!read.ok) return read;
    const describe = (pin: string): string | null => this.pinned.get(pin) ?? null;
    const diff = maskedDiff(file.path, text(server.bytes), text(bytes), describe);
    const [erasing, asked] = [namesOf(this.watch.automatic()), namesOf(this.watch.asked())];
    const unread = this.isUnread(observed.id);
    this.servers.set(observed.id, { ...server, bytes, config: read.value, asked: false });
    this.play(observed.id);
    return ok({
      diff,
      erasures: this.watch.automatic().filter((it) => !erasing.has(it.erased)),
      wakes: [
        ...this.watch.asked().filter((it) => !asked.has(it.erased)),
        ...(unread ? this.letInBy(observed.id) : []),
      ],
    });
  }

  /** A server's file as it is, for people: certificates are masked. */
  shownFile(server: PlayedServer): string {
    return maskCertificates(text(server.bytes), (pin) => this.pinned.get(pin) ?? null);
  }

  /** Puts a server back to how it was. */
  unwrite(server: PlayedServer): void {
    this.servers.set(server.observed.id, server);
    this.play(server.observed.id);
  }

  /** A server has taken another's domain. */
  takeDomain(id: ServerId, domain: string | null): void {
    this.play(id, domain);
  }

  /** From here on a server's certificate is the one that a step will show. @param anew that step makes a new one. */
  certificateAfter(id: ServerId, after: StepId, anew: boolean): void {
    const certificate: Later<Certificate> = { after };
    const server = this.servers.get(id);
    if (server) this.servers.set(id, { ...server, certificate, unseen: server.unseen && !anew });
    this.pinned.set(placeholderFor(id, after), `certificate of ${id}, known after step ${after}`);
    this.play(id);
  }

  private play(id: ServerId, domain: string | null = this.domain(id)): void {
    const server = this.servers.get(id);
    const certificate = server?.certificate ?? null;
    const unseen = server?.unseen ?? false;
    const model = modelOf({ id, domain, certificate, unseen, config: this.config(id) }, this.ownerOf);
    this.watch.set(model, server?.asked ?? false);
  }
}

/** What another file changes. */
export interface AppliedEdit {
  readonly diff: string;
  /** Which servers would erase themselves now, and would not before. */
  readonly erasures: readonly Erasure[];
  /** Whom a refresh asked for earlier would erase now and would not before, were it still queued. */
  readonly wakes: readonly Erasure[];
}

const namesOf = (erasures: readonly Erasure[]): ReadonlySet<ServerId> =>
  new Set(erasures.map((it) => it.erased));
