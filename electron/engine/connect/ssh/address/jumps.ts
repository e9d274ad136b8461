import { readSshEndpoint } from '../../../../../shared/base/reach-names';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import type { Route, routeTo, Wanted } from './route';
import type { Settings } from './ssh-settings';

/** More hosts on the way than anybody has; a config that goes in circles ends here. */
const MOST_JUMPS = 8;

/** ProxyJump: hosts with commas between them, each with its own part of the config; the first with its own jumps too. */
export async function jumpsOf(
  one: Settings['one'],
  host: string,
  filledIn: (text: string) => string,
  wanted: Wanted,
  where: ServerPlace,
  depth: number,
  follow: typeof routeTo,
): Promise<Result<readonly Route[]>> {
  const said = one('proxyjump');
  const command = said === null ? one('proxycommand') : null;
  if (command !== null && command.toLowerCase() !== 'none')
    return fail(
      faultAt(
        where,
        'proxy-command-unsupported',
        `~/.ssh/config reaches ${host} through a ProxyCommand, which is not supported`,
        'Use ProxyJump, or an address that can be reached directly.',
        { detail: command },
      ),
    );
  if (said === null || said.toLowerCase() === 'none') return ok([]);
  const jumps: Route[] = [];
  for (const [index, raw] of filledIn(said).split(',').entries()) {
    const word = raw.trim();
    const parts = readSshEndpoint(word.startsWith('ssh://') ? word : `ssh://${word}`);
    if (parts === null || depth + jumps.length >= MOST_JUMPS)
      return fail(
        faultAt(
          where,
          'proxy-jump-invalid',
          parts === null
            ? `~/.ssh/config names a ProxyJump for ${host} that is no host: ${word}`
            : `the ProxyJump of ${host} leads through more than ${MOST_JUMPS} hosts, or in a circle`,
          'Correct ProxyJump in ~/.ssh/config: [user@]host[:port], with commas between several.',
          { detail: said },
        ),
      );
    const hop: Wanted = { ...wanted, identity: null, knownHosts: null };
    const route = await follow(parts, hop, where, depth + 1 + jumps.length, index === 0);
    if (!route.ok) return route;
    jumps.push(...route.value.jumps, { ...route.value, jumps: [] });
  }
  return ok(jumps);
}
