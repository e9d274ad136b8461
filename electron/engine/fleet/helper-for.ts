import { kindNames, kindOf, kinds } from '../../../shared/connect/kinds';
import type { FleetText } from '../../../shared/ipc';
import { type Fault, fail, type Result } from '../../../shared/base/result';
import type { HelperAsked, HelperView } from '../connect/connection';
import type { Call } from '../base/call';
import type { Connections } from './connections';
import { fleetFrom } from './observe-fleet';

/** Makes the helper of one server of a fleet; see `Engine.helper`. */
export async function helperFor(
  text: FleetText,
  id: string,
  connections: Connections,
  call: Call & HelperAsked,
): Promise<Result<HelperView>> {
  const read = fleetFrom(text);
  if (!read.ok) return read;
  const server = read.value.fleet.servers.find((it) => it.id === id);
  if (!server) return fail(noSuchServer(id, text.path));
  const opened = await connections.to(server, text.path, call);
  if (!opened.ok) return opened;
  const { noHelper } = kindOf(server);
  const helping = kindNames.filter((kind) => kinds[kind].noHelper === null).map((kind) => kinds[kind].label);
  return (
    opened.value.helper?.(call) ??
    fail({
      code: 'helper-not-possible',
      message: `${id} ${noHelper ?? 'has no helper.'}`,
      fix: `A helper is for a server over ${helping.join(' or ')}.`,
      where: { server: id },
    })
  );
}

/** The fault for an id that no server of a fleet has. */
export const noSuchServer = (id: string, file: string | null): Fault => ({
  code: 'no-such-server',
  message: `The fleet has no server ${id}.`,
  fix: 'Check the id in the fleet file.',
  where: file === null ? { server: id } : { server: id, file },
});
