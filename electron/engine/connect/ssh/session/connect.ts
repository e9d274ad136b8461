import type { Duplex } from 'node:stream';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { Prompter } from '../../connection';
import { emptyMemory, type Memory } from './authenticate';
import { dial } from './dial';
import type { ServerPlace } from '../../common/faults';
import { hopName, type Route } from '../address/route';
import type { SshSession } from './session';

/**
 * Connects, through the hosts on the way if there are any (ProxyJump). Each of them is dialled through the one before,
 * its host key checked and its own login made, as if it were the server; closing the connection closes them too.
 * @returns a connected session, or why not; a fault on the way names the host it happened at.
 */
export async function connect(
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
  memory: Memory,
  signal: AbortSignal,
): Promise<Result<SshSession>> {
  const way: SshSession[] = [];
  const leave = async () => {
    for (const hop of way.reverse()) await hop.close();
  };
  let through: Duplex | null = null;
  for (const stop of [...route.jumps, route]) {
    const last = way.at(-1);
    if (last !== undefined) {
      const channel: Result<Duplex> = await last.forward(stop.host, stop.port, signal);
      if (!channel.ok) {
        await leave();
        return channel;
      }
      through = channel.value;
    }
    const session = await dial(stop, ...placeOf(stop, route, where, prompter, memory), through, signal);
    if (!session.ok) {
      await leave();
      return fail(session.error);
    }
    if (stop === route) {
      if (session.value.ended.aborted) await leave();
      else session.value.ended.addEventListener('abort', () => void leave(), { once: true });
      return ok(session.value);
    }
    way.push(session.value);
  }
  throw new Error('the way to a server ends at the server');
}

/** Where a stop is, for its faults, and what is remembered for it: its passwords are not the server's. */
function placeOf(
  stop: Route,
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
  memory: Memory,
): [ServerPlace, Prompter, Memory] {
  if (stop === route) return [where, prompter, memory];
  const name = hopName(stop);
  const own = memory.hops.get(name) ?? emptyMemory();
  memory.hops.set(name, own);
  return [{ server: where.server, endpoint: `${where.endpoint}: on the way, at ${name}` }, prompter, own];
}
