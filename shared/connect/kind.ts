import type { z } from 'zod';
import type { ObservedServer } from '../observed/observed';
import type { KindForm } from './form';
import type { AnyServer } from './server';

/**
 * A way to reach servers, as far as it is data: what the fleet file says of such a server, what it is called, and how a
 * person reaches it by hand. The engine's half opens connections (`electron/engine/fleet/open-server.ts`).
 */
export interface ConnectionKind<S extends AnyServer> {
  /** `SSH`: for people. */
  readonly label: string;
  /** What runs kanidmd there: `service`, `container`. */
  readonly unit: string;
  /** What its table in the fleet file holds beside what every server's does. */
  readonly table: z.ZodRawShape;
  /** How a person types such a server. */
  readonly form: KindForm<S>;
  /** What to write where its `endpoint` is missing or is not an endpoint. */
  readonly endpointAdvice: string;
  /** Where its server.toml most likely lies. */
  readonly usualConfig: string;
  /** Why no login without root's rights needs a helper there (`kanilink helper`); null: one may. */
  readonly noHelper: string | null;
  /** The name of what runs kanidmd: of the unit, of the container. */
  unitName(server: S): string;
  /** Two servers with the same identity are one kanidmd. */
  identity(server: S): string;
  /** The server with its paths of this computer made whole. */
  resolvePaths(server: S, absolute: (path: string) => string): S;
  /** Values of it that stand in commands a person is to paste, each with what it is. */
  commandValues(server: S, observed: ObservedServer): readonly NamedValue[];
  /** How a person reaches it by hand. */
  shell(server: S, reached: Reached): Shell;
  /** Where a person tests a copy of its server.toml, on the server. */
  testFolder(reached: Pick<Reached, 'database' | 'tag'>): string;
  /** Commands, one a line each, that restore its database from a backup by hand. */
  restore(server: S, observed: ObservedServer, backup: string, config: string): RestoreCommands;
}

export type NamedValue = readonly [what: string, value: string | null | undefined];

export type RestoreCommands = readonly [stop: string, restore: string, start: string];

/** What a server's shell functions are made from. */
export interface Reached {
  readonly observed: ObservedServer;
  /** The id as part of a shell name: `idm_a`. */
  readonly name: string;
  /** server.toml, on the server. */
  readonly config: string;
  /** The database, on the server; null: not known. */
  readonly database: string | null;
  /** Names the scratch folders on the server: unlike any other runbook's. */
  readonly tag: string;
}

/** How a person reaches a server by hand. */
export interface Shell {
  /** In words. */
  readonly reached: string;
  /**
   * Shell functions, each ending in `_NAME`: `kanidmd ARGUMENT…`, `read PATH`, `write PATH` (replaces a file by its input,
   * owner and mode kept), `test FILE` (has the server's kanidmd test a copy), `service VERB`, `clock` (its own time), `log
   * TIME` (its log since), `backup_folder`, `forget PATH` (a file that must not stay), `restore PATH` (server stopped).
   */
  readonly functions: string;
}
