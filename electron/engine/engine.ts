import type {
  FleetText,
  FoundContainer,
  FoundContext,
  LogLineView,
  PlanView,
  ServerReport,
} from '../../shared/ipc';
import type { Findings, Reach } from '../../shared/fleet/adopt/findings';
import type { CertificatesReport } from '../../shared/certificates-report';
import type { Comparison } from '../../shared/comparison';
import type { StatusReport } from '../../shared/observed';
import type { DeployEvent } from '../../shared/plan/deploy';
import type { DeployHistory } from '../../shared/plan/history';
import type { Job } from '../../shared/plan/job';
import type { Result } from '../../shared/result';
import type { Call } from './connect/connection';
import type { Consent } from './deploy/deploy-job';
import type { StatusCall } from './watch/status';

/**
 * What the window and the command line drive: the same engine. Made by `createEngine` in `create-engine.ts`. Fleets are
 * passed as text, so that a fleet that is not saved yet can be checked; connections are kept between calls.
 */
export interface Engine {
  loadFleet(path: string): Promise<Result<{ readonly path: string; readonly text: string }>>;
  /** Writes atomically; refuses when the file on disk is not `expect` (null: there must be none). */
  saveFleet(path: string, text: string, expect: string | null): Promise<Result<{ readonly path: string }>>;
  /** Connects to one server and reads what "test connection" shows. Changes nothing. */
  testServer(fleet: FleetText, server: string, call: Call): Promise<Result<ServerReport>>;
  /** Probes all servers, judges all pulls; waits for missing evidence up to two poll intervals when `wait`. */
  status(fleet: FleetText, call: StatusCall): Promise<Result<StatusReport>>;
  /** Desired against observed, or another job's steps; without `job`: apply. Changes nothing. */
  plan(fleet: FleetText, call: Call & { readonly job?: Job }): Promise<Result<PlanView>>;
  /**
   * A plan as Markdown for a person to do by hand. Changes nothing. Plans again: with a `fingerprint`, another plan than
   * that is a fault.
   */
  runbook(
    fleet: FleetText,
    call: Call & { readonly job?: Job; readonly fingerprint: string | null },
  ): Promise<Result<string>>;
  /**
   * Plans again and runs the plan. Refuses when `fingerprint` is given and the plan is another one, when the plan is
   * blocked, when a step erases a server that `erase` does not name, when a server is locked by another deploy, or, but
   * for `resume` and `rollback`, when a deploy of this fleet was interrupted. The last event is `finished`.
   */
  deploy(fleet: FleetText, consent: Consent, signal: AbortSignal): AsyncIterable<DeployEvent>;
  /** Every server's certificate, when it ends, and which one its partners pin. Changes nothing. */
  certificates(fleet: FleetText, call: Call): Promise<Result<CertificatesReport>>;
  /**
   * Compares the data of every two linked servers, from online backups held in memory, and keeps the results. Leaves
   * nothing on the servers. A pair that cannot be compared is `unknown` and says why.
   */
  compare(
    fleet: FleetText,
    call: Call & { readonly say?: (text: string) => void },
  ): Promise<Result<readonly Comparison[]>>;
  /** The kept results of linked servers; none before the fleet file has its `domain_uuid`. */
  lastComparisons(fleet: FleetText): Promise<Result<readonly Comparison[]>>;
  /** Past deploys of this fleet, and the one that was interrupted. */
  history(fleet: FleetText): Promise<Result<DeployHistory>>;
  /** Log lines of all servers (or one), merged by time. Without `follow` it ends. */
  logs(
    fleet: FleetText,
    options: { readonly server: string | null; readonly follow: boolean; readonly sinceMs: number },
    signal: AbortSignal,
  ): AsyncIterable<Result<LogLineView>>;
  /** The fleet's status, again whenever it changes, from live logs. */
  watch(fleet: FleetText, signal: AbortSignal): AsyncIterable<StatusReport>;
  /** Starts the practice fleet as a process of its own, or finds the one this engine started. */
  startPractice(options: PracticeOptions, call: Call): Promise<Result<{ readonly path: string }>>;
  stopPractice(): Promise<void>;
  /**
   * Reads servers that no fleet file describes yet: what they say of themselves and of each other. Changes nothing. A
   * server that cannot be reached is among the problems. Relative paths start at `fleetPath`.
   */
  adopt(servers: readonly Reach[], fleetPath: string | null, call: Call): Promise<Result<Findings>>;
  /** Host aliases of the person's ssh config. */
  sshAliases(): Promise<readonly string[]>;
  /** Containers of an engine, those that run kanidmd first. Changes nothing. */
  listContainers(engine: EngineChoice, call: Call): Promise<Result<readonly FoundContainer[]>>;
  /** Docker contexts of the person's. */
  dockerContexts(): Promise<readonly FoundContext[]>;
  close(): Promise<void>;
}

/** An engine a person is about to choose a container of. */
export interface EngineChoice {
  readonly endpoint: string;
  /** As in the fleet file. */
  readonly certificates: string | null;
  readonly fleetPath: string | null;
}

export interface PracticeOptions {
  readonly servers: number;
}
