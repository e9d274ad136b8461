import type { Fleet, FleetServer } from '../../../../shared/fleet/model/fleet';
import type { Certificate } from '../../../../shared/certificates/certificate';
import type {
  CertificateText,
  DomainUuid,
  Fingerprint,
  ServerId,
  Sha256,
  StepId,
} from '../../../../shared/base/names';
import type { ObservedServer } from '../../../../shared/observed/observed';
import type { Fault, Result } from '../../../../shared/base/result';
import type { ServerConnection } from '../../connect/connection';
import { type Clock, serverTime } from '../../base/time';
import type { Journal } from '../journal/journal';
import type { Locks } from './locks';

/** One server of a deploy: how to reach it, and what the probe saw before the deploy. */
export interface Site {
  readonly server: FleetServer;
  readonly connection: ServerConnection;
  readonly observed: ObservedServer;
}

/** What the steps of one deploy share. */
export interface Deployment {
  readonly fleet: Fleet;
  readonly sites: ReadonlyMap<ServerId, Site>;
  readonly journal: Journal;
  /** Where journals and the last comparisons are kept. */
  readonly configDir: string;
  readonly clock: Clock;
  /** Stops waiting between effects; an effect that has begun is finished or undone. */
  readonly signal: AbortSignal;
  /** Certificates read by `read-certificate` and made by `renew-certificate` steps. */
  readonly certificates: Map<StepId, Certificate>;
  /** Checksums of the files that `configure` steps wrote. */
  readonly written: Map<StepId, Sha256>;
  /** Each server's file, certificate and domain as this deploy knows them: as probed, then as its own steps left them. */
  readonly baselines: Map<ServerId, Baseline>;
  /** Servers with the files their kanidmd has accepted in this deploy; kept by `testFile`. */
  readonly accepted: Set<string>;
  /** Backups made and read back by this deploy, by server. */
  readonly backups: Map<ServerId, string>;
  readonly locks: Locks;
  /** Suppliers no step touches whose logins failed before: not for this deploy to answer. See `lookBefore`. */
  readonly loginsFailed: Set<string>;
  /** The journal could not be written: the running step is finished, no other is begun. */
  trouble: Fault | null;
  /** Steps an effect of which has begun: they are finished or undone before a cancel takes effect. */
  readonly begun: Set<StepId>;
  /** When each server was last restarted by this deploy: milliseconds, the server's clock. */
  readonly restarted: Map<ServerId, number>;
  /** Tells the person what is going on within a step. */
  say(step: StepId, text: string): void;
}

/** A deploy of which no step has run: what it knows of its servers is what the probe saw. */
export const newDeployment = (
  parts: Pick<Deployment, 'fleet' | 'sites' | 'journal' | 'configDir' | 'clock' | 'signal' | 'locks' | 'say'>,
): Deployment => ({
  ...parts,
  certificates: new Map(),
  written: new Map(),
  baselines: new Map([...parts.sites].map(([id, { observed }]) => [id, baselineOf(observed)])),
  accepted: new Set(),
  backups: new Map(),
  loginsFailed: new Set(),
  trouble: null,
  begun: new Set(),
  restarted: new Map(),
});

/** What a server must still be when a step touches it; null: nothing is known to compare with. */
export interface Baseline {
  readonly text: string | null;
  readonly sha256: Sha256 | null;
  readonly certificate: Fingerprint | null;
  /** The same certificate as partners pin it. */
  readonly certificateText: CertificateText | null;
  readonly domain: DomainUuid | null;
  /** What its database calls that domain, whatever the file says. */
  readonly domainName: string | null;
  readonly version: string | null;
}

/** What a probe saw, as what must still be so. */
export const baselineOf = (observed: ObservedServer): Baseline => ({
  text: observed.file?.text ?? null,
  sha256: observed.file?.sha256 ?? null,
  certificate: observed.certificate?.fingerprint ?? null,
  certificateText: observed.certificate?.text ?? null,
  domain: observed.domain?.uuid ?? null,
  domainName: observed.domain?.name ?? null,
  version: observed.versionOnDisk,
});

/** What this deploy knows of a server: as probed, or as its own steps left it. */
export const baselineAt = (deployment: Pick<Deployment, 'baselines'>, { server, observed }: Site): Baseline =>
  deployment.baselines.get(server.id) ?? baselineOf(observed);

/** Notes what a step of this deploy changed itself. */
export function learn(deployment: Deployment, server: ServerId, change: Partial<Baseline>): void {
  deployment.baselines.set(server, { ...baselineAt(deployment, siteOf(deployment, server)), ...change });
}

/** How a step ended badly. `undone`: the server runs as before. */
export interface StepFailure {
  readonly fault: Fault;
  readonly undone: boolean;
}

export type StepResult =
  | { readonly ok: true; readonly note: string; readonly backup?: string }
  | { readonly ok: false; readonly failure: StepFailure };

/**
 * A step that ended well.
 * @param note what the history keeps of it; empty: nothing.
 */
export const stepDone = (note = ''): StepResult => ({ ok: true, note });
/**
 * A step that ended badly.
 * @param undone the server runs as before.
 */
export const stepFailed = (fault: Fault, undone = false): StepResult => ({
  ok: false,
  failure: { fault, undone },
});

/** The site of a step's server; a plan only ever names servers that were probed. */
export function siteOf(deployment: Deployment, id: ServerId): Site {
  const site = deployment.sites.get(id);
  if (!site) throw new Error(`no connection for ${id}: the plan names a server that was not probed`);
  return site;
}

/** The server's clock in milliseconds, as the probe read it, and the time since. */
export const serverNow = (site: Site, clock: Clock): number => serverTime(site.observed.facts, clock);

/** The error of a failed result with the server filled in. */
export function faultAt<T>(site: Site, result: Result<T> & { ok: false }): Fault {
  return { ...result.error, where: { server: site.server.id, ...result.error.where } };
}
