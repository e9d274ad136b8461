import type { Fault } from '../../../../shared/base/result';
import type { Site } from './deployment';

/** What an engine says of a container that is not the one the plan was made from. */
const GONE: ReadonlySet<string> = new Set(['no-such-container', 'container-recreated']);
/** There is no such server any more, whatever is asked of it. */
export const isGone = ({ code }: Fault): boolean => GONE.has(code);
const STOPPED = 'container-stopped';

const MAKE_AGAIN =
  'See what removed it. Make it again with the name, the files and the volumes it had: its database is there only if it lay on one that was kept';

/** A server that cannot be looked at before a step: a container that is gone or stopped since the plan was made is said so. */
export function goneSincePlanned(site: Site, fault: Fault): Fault {
  const where = { server: site.server.id, ...fault.where };
  if (isGone(fault))
    return {
      ...fault,
      message: `${fault.message}. The one this was planned for is gone; nothing was changed by this step.`,
      fix: `${MAKE_AGAIN}. Then plan again.`,
      where,
    };
  if (fault.code === STOPPED)
    return {
      ...fault,
      message: `${fault.message}. It ran when this was planned; nothing was changed by this step.`,
      fix: 'Find out who stopped it. Start it, then plan again.',
      where,
    };
  return { ...fault, where };
}

/**
 * A server that a step itself stopped or restarted, and that does not run now as far as is known.
 * @param doing what Kanilink had done to it: the beginning of the message
 */
export function leftDown(site: Site, fault: Fault, doing: string): Fault {
  const { id } = site.server;
  const gone = isGone(fault);
  return {
    ...fault,
    message: `${id} ${doing}: ${fault.message}`,
    fix: gone
      ? `${MAKE_AGAIN}. Start it, then resume the deploy.`
      : `Look at once whether kanidmd runs on ${id}. ${fault.fix}`,
    where: { server: id, ...fault.where },
  };
}
