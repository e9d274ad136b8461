import { kindOf, type KindName, type ServerByKind } from '../../../shared/connect/kinds';
import type { FleetServer } from '../../../shared/fleet/model/fleet';
import type { Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { ThisMachine } from '../connect/common/this-machine';
import type { Prompter, ServerConnection } from '../connect/connection';
import { dialSsh } from '../connect/docker-over-ssh/dial-ssh';
import { openDocker } from '../connect/docker/open-docker';
import { openSsh } from '../connect/ssh/open-ssh';

/** What connects to servers of one kind. */
interface Opener<S> {
  /** @param server its paths of this computer are whole. */
  open(server: S & ThisMachine, prompter: Prompter, call: Call): Promise<Result<ServerConnection>>;
}

const openers: { readonly [K in KindName]: Opener<ServerByKind[K]> } = {
  ssh: { open: (server, prompter, call) => openSsh(server, prompter, call) },
  docker: { open: (server, prompter, call) => openDocker(server, prompter, call, { dialSsh }) },
};

/**
 * Connects to a server by what its fleet says of it.
 * @param absolute the whole path for one as the fleet file has it.
 * @returns the connection; the faults are those of its kind (`openSsh`, `openDocker`).
 */
export function openServer(
  server: FleetServer,
  absolute: (path: string) => string,
  machine: ThisMachine,
  prompter: Prompter,
  call: Call,
): Promise<Result<ServerConnection>> {
  const whole = { ...kindOf(server).resolvePaths(server, absolute), ...machine };
  const opener: Opener<FleetServer> = openers[server.connect];
  return opener.open(whole, prompter, call);
}
