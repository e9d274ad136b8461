import type { HostFacts, LogLine, ServiceState } from '../../../shared/observed';
import type { Sha256 } from '../../../shared/names';
import type { Fault, Result } from '../../../shared/result';

/**
 * The seam to a server. Everything above it knows no transport: SSH or Docker, sudo or not. Expected trouble is a
 * value; every call has a limit and can be cancelled. `design.md`, "The seam to a server", says why each is here.
 */
export interface ServerConnection {
  /** Runs the server's own `kanidmd` with its own config (`-c` is added below the seam). The only exec. */
  kanidmd(args: readonly string[], call: Call): Promise<Result<Output>>;
  /** Asks the server's own kanidmd whether it accepts these bytes, without touching the running one (`kanidm.md`, configtest). */
  testConfig(bytes: Uint8Array, call: Call): Promise<Result<ConfigTest>>;
  /** Null: there is no such file. Symlinks are followed. */
  stat(path: string, call: Call): Promise<Result<FileStat | null>>;
  /** A file larger than `maxBytes` is a fault, never a cut file. */
  readFile(path: string, call: Call & { readonly maxBytes: number }): Promise<Result<FileContent>>;
  /**
   * Replaces a file whole: owner, group and mode are kept, and at any moment the old or the new file is there. Refuses
   * (`file-changed`) when the file's SHA-256 is not `expect`. Returns the new SHA-256, read back.
   */
  replaceFile(
    path: string,
    bytes: Uint8Array,
    call: Call & { readonly expect: Sha256 },
  ): Promise<Result<Sha256>>;
  facts(call: Call): Promise<Result<HostFacts>>;
  readonly service: Readonly<
    Record<'start' | 'stop' | 'restart' | 'state', (call: Call) => Promise<Result<ServiceState>>>
  >;
  /** Log lines in order. Without `follow` it ends when the log is read; a fault is the last item. */
  logs(
    from: LogStart,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<LogItem>;
  /**
   * A fresh 0700 folder for what must not stay: beside the config, or in the folder `beside` (the database's, where
   * kanidmd itself may write). It belongs to the owner of the folder it lies in. `again`: no fresh one but the one at this
   * path, which a program that was killed had made and did not remove; one that is not there is removed already.
   */
  scratch(call: Call & { readonly beside?: string; readonly again?: string }): Promise<Result<Scratch>>;
  /** Makes a folder (parents exist) or accepts the one that is there. For backups, which stay. */
  makeFolder(path: string, mode: number, call: Call): Promise<Result<void>>;
  /** Bytes free where `path` is; null when the transport cannot tell. */
  freeSpace(path: string, call: Call): Promise<Result<number | null>>;
  /**
   * Takes the server's one lock for the time of a deploy (`design.md`, "Deploying", 2). Held by someone else: fault
   * `locked`, whose detail says who, from where and since when. A lock is stale an hour after `since` by the server's own
   * clock; it and one of the same deploy can be taken over, see `TakeOver`; never another's that is fresh.
   */
  lock(owner: LockOwner, call: Call & { readonly takeOver: TakeOver }): Promise<Result<Lock>>;
  /** Deletes one file Kanilink made (a probe of a backup). Deleting what is not there is fine. */
  removeFile(path: string, call: Call): Promise<Result<void>>;
  close(): Promise<void>;
}

/** Who holds a server's lock. */
export interface LockOwner {
  /** The person: a login name. */
  readonly who: string;
  /** Their machine. */
  readonly host: string;
  /** The deploy's id; a resumed deploy keeps the first one's. */
  readonly deploy: string;
  /** Milliseconds since the epoch, the server's clock. */
  readonly since: number;
}

/** A lock that was taken. */
export interface Lock {
  /** Still ours? Asked before every effect. Fault `lock-lost` when it is not. */
  check(call: Call): Promise<Result<void>>;
  /** Gives it back; one that is not ours any more is left alone. */
  release(call: Call): Promise<Result<void>>;
}

/** A lock older than this is stale: it may be taken over on request (`design.md`). Milliseconds. */
export const STALE_LOCK_MS = 3_600_000;

/** How long a call may take, and how to stop it. */
export interface Call {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** What a command printed. kanidmd's exit codes lie (`kanidm.md`): read the text. */
export interface Output {
  /** Null: killed by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The output was longer than the limit and is cut. */
  readonly cut: boolean;
}

export interface ConfigTest {
  /** Only "This config rocks!" counts: 1.2.0 exits 0 on a refusal (`kanidm.md`). */
  readonly accepted: boolean;
  /** kanidmd's own words, for the person. */
  readonly output: string;
}

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  /** Permission bits, `0o640`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch, the server's clock. */
  readonly modifiedAt: number;
}

export interface FileContent {
  readonly bytes: Uint8Array;
  readonly sha256: Sha256;
  readonly stat: FileStat;
}

/** Where to start reading a log: after a cursor, or at a time in milliseconds since the epoch, the server's clock. */
export type LogStart = { readonly cursor: string } | { readonly since: number };

export type LogItem =
  | ({ readonly kind: 'line'; readonly cursor: string; readonly source: 'kanidmd' | 'manager' } & LogLine)
  /** Lines may be missing here; why. */
  | { readonly kind: 'gap'; readonly reason: string }
  /** The stream ended with this. */
  | { readonly kind: 'fault'; readonly fault: Fault };

export interface Scratch {
  readonly path: string;
  remove(call: Call): Promise<Result<void>>;
}

/**
 * What a connection asks a person. The window shows dialogs; the command line asks on its terminal or through
 * `KANILINK_ASK`. Each resolves to null when the person declines.
 */
export interface Person {
  /** An unknown host key: accept it (and write it to known_hosts), or not. A changed key is never asked about. */
  acceptHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<boolean>;
  /** A password, a key's passphrase, or an answer to what the server itself asks; `attempt` counts from 1. */
  secret(question: SecretQuestion, signal: AbortSignal): Promise<string | null>;
  /** A Docker Engine without TLS, where whoever answers is root: use it, or not. Absent: not. */
  acceptBareEngine?(question: BareEngineQuestion, signal: AbortSignal): Promise<boolean>;
}

export interface BareEngineQuestion {
  readonly server: string;
  /** `tcp://192.0.2.7:2375`. */
  readonly endpoint: string;
}

export interface HostKeyQuestion {
  readonly server: string;
  /** `host` or `[host]:port`, as known_hosts spells it. */
  readonly host: string;
  /** `ssh-ed25519`. */
  readonly keyType: string;
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string;
  /** The whole line of the key that was shown, as it would be written, the name not hashed: `host type base64`. */
  readonly line: string;
  /** The file it would be written to. */
  readonly knownHostsFile: string;
}

export interface SecretQuestion {
  readonly server: string;
  readonly kind: 'password' | 'passphrase' | 'answer';
  /** Whom it belongs to: `admin@192.0.2.7`, or the key file's path. */
  readonly subject: string;
  /** Of an `answer`: the server's own words, on one line. */
  readonly prompt?: string | undefined;
  /** Of an `answer`: it may be seen as it is typed. */
  readonly echo?: boolean | undefined;
  readonly attempt: number;
}

/**
 * Which locks may be taken over. `own`: one of the same deploy, which a resume finds left behind. `true`: a stale one too,
 * for the operator asked for it.
 */
export type TakeOver = boolean | 'own';
