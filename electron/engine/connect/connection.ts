import type { Duplex } from 'node:stream';
import type { Call } from '../base/call';
import type { HostFacts, ServiceState } from '../../../shared/observed/observed';
import type { LogLine } from '../../../shared/kanidmd/evidence';
import type { Sha256 } from '../../../shared/base/names';
import type { Fault, Result } from '../../../shared/base/result';

/**
 * The seam to a server. Everything above it knows no transport: SSH or Docker, sudo or not. Expected trouble is a
 * value; every call has a limit and can be cancelled. `design.md`, "The seam to a server", says why each is here.
 */
export interface ServerConnection {
  /** Runs the server's own `kanidmd` with its own config (`-c` is added below the seam). The only exec. */
  kanidmd(args: readonly string[], call: Call): Promise<Result<Output>>;
  /**
   * Runs it for the first bytes of its standard output, which may be no text. Its `stdout` is empty: what comes goes to
   * `take`, at most `maxBytes`, and once that has enough, or all of them came, the program loses its reader (`cut`).
   */
  kanidmdHead(args: readonly string[], call: Call & HeadWanted): Promise<Result<Output>>;
  /** Asks the server's own kanidmd whether it accepts these bytes, without touching the running one (`kanidm.md`, "configtest"). */
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
  /**
   * Log lines in order, what comes together as one batch, a single line at once. Without `follow` it ends when the log is
   * read; a fault is the last item.
   */
  logs(
    from: LogStart,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<readonly LogItem[]>;
  /** What the log had before a time, as far as the server keeps it: the newest of it, in order (decision 45). */
  logsBefore(before: number, call: Call & LogBound): Promise<Result<OlderLog>>;
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
  /**
   * A TCP connection to an address that the server itself listens on, as the server sees it: from the server's machine, or
   * to its container. The caller destroys it. Faults `port-closed` (nothing answers there), `port-not-reachable` (this
   * transport has no way to it) and those of every call.
   */
  dial(to: TcpAddress, call: Call): Promise<Result<Duplex>>;
  /**
   * What lets a login without root's rights deploy to this server (SSH): a program made for it, and lines for sudoers.
   * Changes nothing. Absent where there is nothing of the kind.
   */
  helper?(call: Call & HelperAsked): Promise<Result<HelperView>>;
  close(): Promise<void>;
}

/** How much of what a program prints is wanted. */
export interface HeadWanted {
  /** Takes each piece of standard output as it comes. @returns true: that is enough. */
  readonly take: (bytes: Uint8Array) => boolean;
  readonly maxBytes: number;
}

/** Where a server listens: the host is an IP address, never a name. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** What a helper is made for, where the server does not tell. */
export interface HelperAsked {
  /** Who is to use it; null: the user who logs in. */
  readonly user: string | null;
  /** The database's file; null: as the configuration says. */
  readonly database: string | null;
}

/** A helper, for a person to read and to install. */
export interface HelperView {
  /** Where it is to lie on the server. */
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
  /** The line of sudoers that allows it. */
  readonly sudoers: string;
  /** Lines that let the login only look; none where no lasting ones are. */
  readonly readOnly: readonly string[];
  /** What the rights mean. */
  readonly warning: string;
  /** One command for a root shell on the server. */
  readonly install: string;
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

/** A lock older than this is stale: it may be taken over on request (`design.md`, "Deploying", 2). Milliseconds. */
export const STALE_LOCK_MS = 3_600_000;

/** What a command printed. kanidmd's exit codes lie (`kanidm.md`, "Exit codes"): read the text. */
export interface Output {
  /** Null: killed by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The output was longer than the limit and is cut. */
  readonly cut: boolean;
}

export interface ConfigTest {
  /** Only "This config rocks!" counts: 1.2.0 exits 0 on a refusal (`kanidm.md`, "configtest"). */
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

/** How much of a log is read at once. */
export interface LogBound {
  readonly lines: number;
  /** Characters of these lines. */
  readonly characters: number;
  /** The cursor of the oldest line that is held, of that very time: it and what follows it are left out. */
  readonly held?: string | undefined;
}

/** A stretch of a log that ends at a time. Times are microseconds since the epoch, the server's clock. */
export interface OlderLog {
  /** In order. None is a fault. */
  readonly items: readonly Exclude<LogItem, { readonly kind: 'fault' }>[];
  /** The stretch begins here: what is older was not read. Null: the server keeps nothing older. */
  readonly from: number | null;
}

export interface Scratch {
  readonly path: string;
  remove(call: Call): Promise<Result<void>>;
}

/**
 * What a connection asks a person. The window shows dialogs; the command line asks on its terminal or through
 * `KANILINK_ASK`. Each resolves to null when the person declines.
 */
export interface Prompter {
  /** An unknown host key: accept it (and write it to known_hosts), or not. A changed key is never asked about. */
  acceptHostKey(question: HostKeyQuestion, signal: AbortSignal): Promise<boolean>;
  /** A password, a key's passphrase, or an answer to what the server itself asks; `attempt` counts from 1. */
  secret(question: SecretQuestion, signal: AbortSignal): Promise<string | null>;
  /** A Docker Engine without TLS, where any program that answers is root: use it, or not. Absent: not. */
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
