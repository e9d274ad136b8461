import type { ServerId, StepId } from '../../base/names';
import type { ServerConfig } from '../../server-config/server-config';
import type { ServerShell } from './server-shell';

/** A step, as far as all commands need to know it. */
export interface AtServer {
  readonly id: StepId;
  readonly server: ServerId;
}

/** The file that a step writes, as a person writes it by hand. */
export interface StepFile {
  readonly step: StepId;
  /** The new file; certificates known only later are placeholders. */
  readonly bytes: Uint8Array;
  /** The copy of it that is safe to test, in the folder that was given. */
  readonly tested: Uint8Array;
  /** The file it replaces; null: one that an earlier step filled placeholders into. */
  readonly replaces: Uint8Array | null;
  readonly config: ServerConfig;
  /** What is filled in before it is used. */
  readonly placeholders: readonly Placeholder[];
}

export interface Placeholder {
  readonly text: string;
  readonly of: string;
  /** The step that shows the certificate. */
  readonly after: string;
}

/** What the commands of a step need to know of the rest. */
export interface StepContext {
  readonly shell: (id: ServerId) => ServerShell;
  /** The file a step writes. @throws when it writes none. */
  readonly file: (step: StepId) => StepFile;
  /** The copy of the server's file to test before a step restarts it; none: a step before has tested it. */
  readonly copy: (step: StepId) => Uint8Array | undefined;
  /** What a server runs with, file and environment, as the steps up to this one leave its file. */
  readonly config: (id: ServerId) => ServerConfig | null;
  /** The digest of its file as the steps before this one leave it, as the shell says it. */
  readonly digest: (id: ServerId) => string;
  /** The domain it held when it was read. */
  readonly domain: (id: ServerId) => string | null;
}

/** Whether it replicates with the file it has by then. */
export const replicatesIn = (server: ServerId, { config }: Pick<StepContext, 'config'>): boolean =>
  (config(server)?.replication ?? null) !== null;
