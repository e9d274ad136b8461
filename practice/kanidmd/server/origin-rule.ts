import type { Config } from '../config/load';
import type { Log } from '../log-writer';

/**
 * The web origin must be a URL whose host is the domain or below it.
 * @returns true when it is not; the log then says so.
 */
export function originTrouble(config: Config, log: Log): boolean {
  const why = reason(config);
  if (why === undefined) return false;
  log.error(why, [['event_tag_id', '1']]);
  log.error('Unable to setup query server or idm server -> InvalidState');
  return true;
}

function reason({ origin, domain }: Config): string | undefined {
  if (!URL.canParse(origin))
    return `Unable to parse origin URL - refusing to start. You must correct the value for origin. "${origin}"`;
  const host = new URL(origin).hostname;
  if (host === domain || host.endsWith(`.${domain}`)) return undefined;
  return (
    'Effective domain is not a descendent of server domain name (rp_id). You must change origin or domain name to ' +
    `be consistent. Effective Domain: ${host} - rp_id: ${domain}`
  );
}
