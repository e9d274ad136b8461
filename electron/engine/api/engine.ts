import type { RuvTurn } from '../../../shared/ruv/by-itself';
import type { FileOnDisk, FleetText, FoundContainer, FoundContext, LogLineView } from '../../../shared/ipc';
import type { OlderLines, ReadingBack } from '../../../shared/ipc/older-lines';
import type { FleetGlance, FleetHistory, HistoryBound, Stretch } from '../../../shared/history/history';
import type { AnswersAsked, AnswersReport } from '../../../shared/answers/answers';
import type { Plan } from '../../../shared/plan/model/plan';
import type { AdoptedFleet, ServerAddress } from '../../../shared/fleet/adopt/adopted-fleet';
import type { CertificatesReport } from '../../../shared/certificates/certificates-report';
import type { Comparison } from '../../../shared/compare/comparison';
import type { DatabaseSize, DatabaseSummary } from '../../../shared/compare/database-summary';
import type { ServerReport, StatusReport } from '../../../shared/observed/status';
import type { DeployEvent } from '../../../shared/plan/model/deploy';
import type { DeployHistory } from '../../../shared/plan/model/history';
import type { Job } from '../../../shared/plan/model/job';
import type { Problem } from '../../../shared/base/problem';
import type { Result } from '../../../shared/base/result';
import type { HelperAsked, HelperView } from '../connect/connection';
import type { Call } from '../base/call';
import type { DeployNews } from '../deploy/journal/watch-deploys';
import type { Consent } from './consent';
import type { StatusCall } from './calls';

/**
 * What the window and the command line drive: the same engine. Made by `createEngine` in `create-engine.ts`. Fleets are
 * passed as text, so that a fleet that is not saved yet can be checked; connections are kept between calls.
 */
export interface Engine {
  loadFleet(path: string): Promise<Result<{ readonly path: string; readonly text: string }>>;
  /** Writes atomically; refuses when the file on disk is not `expect` (null: there must be none). */
  saveFleet(path: string, text: string, expect: string | null): Promise<Result<{ readonly path: string }>>;
  /** What lies at a fleet file's path, at once and again whenever it is another. */
  watchFile(path: string, signal: AbortSignal): AsyncIterable<FileOnDisk>;
  /** Connects to one server and reads what "test connection" shows. Changes nothing. */
  testServer(fleet: FleetText, server: string, call: Call): Promise<Result<ServerReport>>;
  /** What lets a login without root's rights deploy to a server over SSH. Changes nothing. */
  helper(fleet: FleetText, server: string, call: Call & HelperAsked): Promise<Result<HelperView>>;
  /** Probes all servers, judges all pulls; waits for missing evidence up to two poll intervals when `wait`. */
  status(fleet: FleetText, call: StatusCall): Promise<Result<StatusReport>>;
  /**
   * Desired against observed, or another job's steps; without `job`: apply. Changes nothing. `asSeen`: from the newest
   * readings of servers that are watched, without asking any. `toDeploy`: the plan is to be carried out next, so an
   * interrupted deploy of this fleet refuses it as it refuses `deploy`, before any server is asked.
   */
  plan(
    fleet: FleetText,
    call: Call & { readonly job?: Job; readonly asSeen?: boolean; readonly toDeploy?: boolean },
  ): Promise<Result<Plan>>;
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
  /**
   * Which servers answer the fleet's public origin: requests from this computer, each over a new connection, found again in
   * the servers' logs. Changes nothing; leaves two lines in a log for each request. See `answersOfFleet`.
   */
  answers(fleet: FleetText, asked: AnswersAsked, call: Call): Promise<Result<AnswersReport>>;
  /**
   * What helps to find out what went wrong, as a JSON document to be given away: no content of a file on a server, no
   * secret. Asks the servers; changes nothing. Null: no fleet, or one that may not be used, and no server is asked.
   */
  diagnose(
    fleet: FleetText | null,
    asked: { readonly withoutAddresses: boolean; readonly problems: readonly Problem[] },
    call: Call,
  ): Promise<Result<string>>;
  /** How large a server's database is: what `databaseSummary` has to read. Changes nothing. */
  databaseSize(fleet: FleetText, server: string, call: Call): Promise<Result<DatabaseSize>>;
  /**
   * What a server's database holds, in numbers, from an online backup held in memory. Nothing of it is kept, here or on the
   * server.
   */
  databaseSummary(
    fleet: FleetText,
    server: string,
    call: Call & { readonly say?: (text: string) => void },
  ): Promise<Result<DatabaseSummary>>;
  /** The kept results of linked servers; none before the fleet file has its `domain_uuid`. */
  lastComparisons(fleet: FleetText): Promise<Result<readonly Comparison[]>>;
  /** Past deploys of this fleet, and the one that was interrupted. */
  pastDeploys(fleet: FleetText): Promise<Result<DeployHistory>>;
  /**
   * What was kept of a fleet file's watches over a stretch of time: rounds, health, states, starts. Asks no server. What
   * stands in the way of keeping it is its `trouble`.
   */
  history(fleet: FleetText, stretch: Stretch, signal: AbortSignal): Promise<Result<FleetHistory>>;
  /** Sets how much history is kept on this computer, of all fleets. */
  boundHistory(bound: HistoryBound): Promise<Result<void>>;
  /** Fleet files as their last watch left them, the one watched last first. Says nothing of now. */
  glances(): Promise<readonly FleetGlance[]>;
  /**
   * Takes a person's word that no deploy of this fleet runs, for those of which it cannot be known here. Answers with them.
   * A deploy that runs for certain is a fault, `deploy-running`.
   */
  notRunning(fleet: FleetText): Promise<Result<readonly string[]>>;
  /** Log lines of all servers (or one), merged by time, in batches. Without `follow` it ends. */
  logs(
    fleet: FleetText,
    options: { readonly server: string | null; readonly follow: boolean; readonly sinceMs: number },
    signal: AbortSignal,
  ): AsyncIterable<readonly Result<LogLineView>[]>;
  /** What the servers logged before the lines that are held: the newest of it, from their own logs. */
  olderLogs(fleet: FleetText, back: ReadingBack, call: Call): Promise<Result<OlderLines>>;
  /** Somebody asks again: servers that refused are tried again. */
  lookAnew(): void;
  /** The computer woke up: what is watched is looked at at once. */
  wake(): void;
  /**
   * The fleet's status, again whenever it changes, from live logs.
   *
   * @param loginsEveryMs between two looks at HTTPS and logins; 0: never; default: five minutes.
   * @param ruvTurn looks at RUVs; default: every hour, of what costs a server little (decision 62).
   * @param loginsNow logins are looked at once right away, also where that is never done by itself.
   */
  watch(
    fleet: FleetText,
    signal: AbortSignal,
    loginsEveryMs?: number,
    ruvTurn?: RuvTurn,
    loginsNow?: boolean,
  ): AsyncIterable<StatusReport>;
  /** Deploys of a fleet from this computer, as they begin and end: those that run now first. Asks no server. */
  watchDeploys(fleet: FleetText, signal: AbortSignal): AsyncIterable<DeployNews>;
  /** Starts the practice fleet as a process of its own, or finds the one this engine started. */
  startPractice(options: PracticeOptions, call: Call): Promise<Result<{ readonly path: string }>>;
  stopPractice(): Promise<void>;
  /**
   * Reads servers that no fleet file describes yet: what they say of themselves and of each other. Changes nothing. A
   * server that cannot be reached is among the problems. Relative paths start at `fleetPath`.
   */
  adopt(
    servers: readonly ServerAddress[],
    fleetPath: string | null,
    call: Call,
  ): Promise<Result<AdoptedFleet>>;
  /** Host aliases of the person's ssh config. */
  sshAliases(): Promise<readonly string[]>;
  /** Containers of an engine, those that run kanidmd first. Changes nothing. */
  listContainers(engine: DockerEngineChoice, call: Call): Promise<Result<readonly FoundContainer[]>>;
  /** Docker contexts of the person's. */
  dockerContexts(): Promise<readonly FoundContext[]>;
  close(): Promise<void>;
}

/** An engine a person is about to choose a container of. */
export interface DockerEngineChoice {
  readonly endpoint: string;
  /** As in the fleet file. */
  readonly certificates: string | null;
  readonly fleetPath: string | null;
}

export interface PracticeOptions {
  readonly servers: number;
}
