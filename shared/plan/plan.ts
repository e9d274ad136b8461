import type { Certificate } from '../kanidmd/certificate';
import type { CertificateText, DomainUuid, Origin, ServerId, Sha256, StepId } from '../names';
import type { Problem } from '../problem';
import type { ConfigChange, Partner } from '../server-config/server-config';

/** Desired against observed, as ordered steps. Plain data: what is shown is what runs. */
export interface Plan {
  readonly steps: readonly Step[];
  /** An `error` among them means the plan must not run; see `blocked`. */
  readonly problems: readonly Problem[];
  /** True when an error forbids running the plan as it is. */
  readonly blocked: boolean;
  /** SHA-256 over the steps: a reviewed plan is run only if planning again gives the same. */
  readonly fingerprint: Sha256;
}

/** A value known now, or only after a step has run: the certificate of a server that has none yet. */
export type Later<T> = { readonly known: T } | { readonly after: StepId };

interface AnyStep {
  readonly id: StepId;
  readonly server: ServerId;
  /** Steps that must be done before. */
  readonly needs: readonly StepId[];
  /** What must hold right before, checked again then, in words. */
  readonly requires: readonly string[];
  /** What it does, in one line. */
  readonly summary: string;
  /** Why it is needed, in one sentence. */
  readonly why: string;
  /** What can go wrong or is interrupted, in one sentence; empty when nothing is. */
  readonly risk: string;
  /** Unified diff, pins masked to fingerprints; empty when no file changes. */
  readonly diff: string;
  /** Servers whose whole database this step may erase. Only those named by the operator are ever in a plan that runs. */
  readonly erases: readonly ServerId[];
}

export type Step =
  | ConfigureStep
  | RestartStep
  | CertificateStep
  | RenewStep
  | BackupStep
  | RefreshStep
  | VerifyStep
  | PutBackStep
  | CompareStep;

/** Writes server.toml and restarts: test a copy, replace, restart, wait until healthy; undone if it does not come back. */
export interface ConfigureStep extends AnyStep {
  readonly action: 'configure';
  /** The file this step starts from: as probed, or as an earlier step of this plan leaves it. */
  readonly from: { readonly sha256: Sha256 } | { readonly after: StepId };
  readonly path: string;
  readonly changes: readonly PlannedChange[];
  /** What the file must pull from afterwards: checked on the bytes before they are written. */
  readonly pullsFrom: readonly Origin[];
}

/** The file on disk is as desired but newer than the running process. */
export interface RestartStep extends AnyStep {
  readonly action: 'restart';
}

/** Reads the certificate a server has made for itself, for the pins of later steps. */
export interface CertificateStep extends AnyStep {
  readonly action: 'read-certificate';
}

/** Renews a server's replication certificate: its partners must be re-pinned by later steps. */
export interface RenewStep extends AnyStep {
  readonly action: 'renew-certificate';
  /** The certificate it shows before. */
  readonly old: CertificateText;
}

/** An online backup of a server before its database is erased. */
export interface BackupStep extends AnyStep {
  readonly action: 'backup';
  /** Before 1.9 only a stopped server can be backed up: it is stopped for the backup and started again. */
  readonly stops: boolean;
}

/** Replaces the server's database with its source's. */
export interface RefreshStep extends AnyStep {
  readonly action: 'refresh';
  readonly source: ServerId;
  /** The name it dials the source by, as its log prints it. */
  readonly sourceHost: string;
  /** The domain the source must hold then: the primary's. */
  readonly domain: DomainUuid;
  /** `command`: Kanilink runs the refresh; `automatic`: the server does so itself after its restart. */
  readonly by: 'command' | 'automatic';
  /** Both say one domain already, and the operator asked for it, as after a restore (`kanidm.md`, "Refresh erases", 9). */
  readonly asked: boolean;
}

/** Proves that pulls work: fresh rounds since the last restart, no trouble, equal `domain_uuid`. */
export interface VerifyStep extends AnyStep {
  readonly action: 'verify';
  /** The suppliers this server pulls from. */
  readonly suppliers: readonly { readonly server: ServerId; readonly origin: Origin }[];
}

/** Puts an earlier server.toml back, byte for byte, and restarts, as `configure` does. */
export interface PutBackStep extends AnyStep {
  readonly action: 'put-back';
  readonly path: string;
  /** The file it replaces. */
  readonly from: { readonly sha256: Sha256 };
  /** The whole earlier file. */
  readonly text: string;
}

/** Proves from online backups that two servers hold the same data (`kanidm.md`, "Comparing what two servers really hold"). */
export interface CompareStep extends AnyStep {
  readonly action: 'compare';
  readonly with: ServerId;
}

/** A change to a file; a pin may only be known once a step has run. */
export type PlannedChange =
  | ConfigChange
  | {
      readonly kind: 'pin-partner';
      readonly partner: Omit<Partner, 'certificate'>;
      readonly of: ServerId;
      readonly certificate: Later<Certificate>;
    };

/** `plan --json` (`design.md`, "The command line"). */
export interface PlanReport {
  readonly changes: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly server: string;
    readonly action: Step['action'];
    readonly summary: string;
    readonly diff: string;
    readonly risk: string;
    readonly erases: readonly string[];
  }[];
  readonly problems: readonly Problem[];
}
