import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fail, ok, type Fault, type Result } from '../../../../shared/result';
import { type At, faultAt } from './faults';
import { readSshConfig } from './ssh-config-file';
import type { SshTarget } from './target';

/** Where to dial and with what, all aliases resolved. */
export interface Route {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identities: readonly Identity[];
  /** Offer the agent's keys only when they are among the identities. */
  readonly identitiesOnly: boolean;
  readonly agentSocket: string | null;
  /** The first is where an accepted key is written. */
  readonly knownHostsFiles: readonly string[];
  readonly systemKnownHostsFiles: readonly string[];
  readonly hashKnownHosts: boolean;
  /** The hosts to go through, the first one dialled first; none of them has jumps of its own. */
  readonly jumps: readonly Route[];
  /** What of ~/.ssh/config was left out. */
  readonly notes: readonly string[];
}

/** How a host on the way is named: `user@host:port`. */
export const hopName = ({ user, host, port }: Pick<Route, 'user' | 'host' | 'port'>): string =>
  `${user}@${host}:${port}`;

/** A fault with what was left out of ~/.ssh/config, which may be why. */
export const withNotes = (fault: Fault, { notes }: Pick<Route, 'notes'>): Fault =>
  notes.length === 0
    ? fault
    : { ...fault, detail: [...(fault.detail === undefined ? [] : [fault.detail]), ...notes].join('\n') };

export interface Identity {
  readonly path: string;
  /** Named by the fleet file or ~/.ssh/config: a missing file is worth saying. */
  readonly named: boolean;
}

type Wanted = Pick<SshTarget, 'endpoint' | 'identity' | 'knownHosts' | 'home' | 'env'>;

/** Read, never written (ssh_config(5), GlobalKnownHostsFile). */
const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/** More hosts on the way than anybody has; a config that goes in circles ends here. */
const MOST_JUMPS = 8;

/**
 * Reads an endpoint, `ssh://user@host[:port]` or `ssh://alias`, through ~/.ssh/config (ssh_config(5): Include, HostName,
 * User, Port, IdentityFile, IdentitiesOnly, IdentityAgent, ProxyJump, UserKnownHostsFile, HashKnownHosts). What the
 * endpoint says wins; the fleet's key and known_hosts are the server's own, not those of the hosts on the way (as `ssh -i`).
 */
export async function resolveRoute(wanted: Wanted, at: At): Promise<Result<Route>> {
  const parts = parseEndpoint(wanted.endpoint);
  if (parts === null)
    return fail(
      faultAt(
        at,
        'endpoint-invalid',
        'this is not an SSH endpoint',
        'Write ssh://user@host[:port] or ssh://alias.',
      ),
    );
  return routeTo(parts, wanted, at, 0, true);
}

/** @param ownJumps whether the host's own ProxyJump counts; for the second host on a way the first one has said it. */
async function routeTo(
  parts: Endpoint,
  wanted: Wanted,
  at: At,
  depth: number,
  ownJumps: boolean,
): Promise<Result<Route>> {
  const { home } = wanted;
  const settings = await readSettings(home, parts.host, at);
  if (!settings.ok) return settings;
  const { one, all, notes } = settings.value;
  const user = parts.user ?? one('user') ?? localUser(wanted.env);
  const host = expand(one('hostname') ?? '%h', { h: parts.host });
  const port = parts.port ?? Number(one('port') ?? 22);
  const tokens = { h: host, r: user, u: localUser(wanted.env), d: home, p: String(port), n: parts.host };
  const file = (path: string) => localPath(expand(path, tokens), home);
  const named = (wanted.identity === null ? all('identityfile') : [wanted.identity]).filter(
    (path) => path !== 'none',
  );
  const agent = one('identityagent');
  const jumps = ownJumps ? await jumpsOf(one, parts.host, tokens, wanted, at, depth) : ok([]);
  if (!jumps.ok) return jumps;
  return ok({
    host,
    port,
    user,
    identities:
      named.length > 0 ? named.map((path) => ({ path: file(path), named: true })) : defaultIdentities(home),
    identitiesOnly: one('identitiesonly') === 'yes',
    agentSocket:
      agent === null || agent === 'SSH_AUTH_SOCK'
        ? defaultAgent(wanted.env)
        : agent === 'none'
          ? null
          : file(agent),
    knownHostsFiles: (wanted.knownHosts === null
      ? knownHostsOf(all('userknownhostsfile'))
      : [wanted.knownHosts]
    ).map(file),
    systemKnownHostsFiles: SYSTEM_KNOWN_HOSTS,
    hashKnownHosts: one('hashknownhosts') === 'yes',
    jumps: jumps.value,
    notes: [...new Set([...notes, ...jumps.value.flatMap((jump) => jump.notes)])],
  });
}

/** ProxyJump: hosts with commas between them, each with its own part of the config; the first with its own jumps too. */
async function jumpsOf(
  one: Settings['one'],
  host: string,
  tokens: Readonly<Record<string, string>>,
  wanted: Wanted,
  at: At,
  depth: number,
): Promise<Result<readonly Route[]>> {
  const said = one('proxyjump');
  const command = said === null ? one('proxycommand') : null;
  if (command !== null && command.toLowerCase() !== 'none')
    return fail(
      faultAt(
        at,
        'proxy-command-unsupported',
        `~/.ssh/config reaches ${host} through a ProxyCommand, which is not supported`,
        'Use ProxyJump, or an address that can be reached directly.',
        { detail: command },
      ),
    );
  if (said === null || said.toLowerCase() === 'none') return ok([]);
  const jumps: Route[] = [];
  for (const [index, word] of expand(said, tokens).split(',').entries()) {
    const parts = parseEndpoint(word.trim().startsWith('ssh://') ? word.trim() : `ssh://${word.trim()}`);
    if (parts === null || depth + jumps.length >= MOST_JUMPS)
      return fail(
        faultAt(
          at,
          'proxy-jump-invalid',
          parts === null
            ? `~/.ssh/config names a ProxyJump for ${host} that is no host: ${word.trim()}`
            : `the ProxyJump of ${host} leads through more than ${MOST_JUMPS} hosts, or in a circle`,
          'Correct ProxyJump in ~/.ssh/config: [user@]host[:port], with commas between several.',
          { detail: said },
        ),
      );
    const hop: Wanted = { ...wanted, identity: null, knownHosts: null };
    const route = await routeTo(parts, hop, at, depth + 1 + jumps.length, index === 0);
    if (!route.ok) return route;
    jumps.push(...route.value.jumps, { ...route.value, jumps: [] });
  }
  return ok(jumps);
}

interface Endpoint {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
}

/** The parts of an endpoint, or null: another scheme, a password, a path, no host, a port out of range. */
export function parseEndpoint(endpoint: string): Endpoint | null {
  const match = /^ssh:\/\/(?:([^@/:\s]+)@)?(\[[0-9a-fA-F:.%a-z]+\]|[^@/:\s[\]]+)(?::(\d{1,5}))?\/?$/.exec(
    endpoint,
  );
  if (!match?.[2]) return null;
  const port = match[3] === undefined ? null : Number(match[3]);
  // A leading dash is how a host name becomes an option of some program further down.
  if (port === 0 || (port ?? 1) > 65535 || match[2].startsWith('-')) return null;
  return { user: match[1] ?? null, host: match[2].replace(/^\[|\]$/g, ''), port };
}

interface Settings {
  one(key: string): string | null;
  all(key: string): readonly string[];
  readonly notes: readonly string[];
}

async function readSettings(home: string, host: string, at: At): Promise<Result<Settings>> {
  const read = await readSshConfig(home, host);
  if (!read.ok)
    return fail(
      faultAt(
        at,
        'ssh-config-invalid',
        `${read.file} on this machine cannot be read`,
        'Correct it: `ssh -G host` says where.',
        { detail: read.reason },
      ),
    );
  const computed = read.config.compute(host, { ignoreCase: true, matchExec: false });
  const all = (key: string) => [computed[key] ?? []].flat();
  return ok({ one: (key) => all(key)[0] ?? null, all, notes: read.notes });
}

/** What ssh tries when nothing is named (ssh_config(5), IdentityFile), without the kinds ssh2 cannot use. */
const defaultIdentities = (home: string): readonly Identity[] =>
  ['id_rsa', 'id_ecdsa', 'id_ed25519'].map((name) => ({
    path: join(home, '.ssh', name),
    named: false,
  }));

const localUser = (env: SshTarget['env']): string => env['USER'] || env['LOGNAME'] || userInfo().username;

/** Windows' own agent listens on a pipe that no variable names. */
const defaultAgent = (env: SshTarget['env']): string | null =>
  env['SSH_AUTH_SOCK'] || (process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : null);

const knownHostsOf = (configured: readonly string[]): readonly string[] =>
  configured.length > 0
    ? configured.flatMap((value) => value.split(/\s+/)).filter((path) => path !== '')
    : ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];

const expand = (text: string, tokens: Readonly<Record<string, string>>): string =>
  text.replace(/%([%a-zA-Z])/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));

function localPath(path: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? path : join(home, path);
}
