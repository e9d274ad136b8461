import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import SSHConfig from 'ssh-config';
import { fail, ok, type Result } from '../../../../shared/result';
import { type At, errorText, faultAt } from './faults';
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
}

export interface Identity {
  readonly path: string;
  /** Named by the fleet file or ~/.ssh/config: a missing file is worth saying. */
  readonly named: boolean;
}

type Wanted = Pick<SshTarget, 'endpoint' | 'identity' | 'knownHosts' | 'home' | 'env'>;

/** Read, never written (ssh_config(5), GlobalKnownHostsFile). */
const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];

/**
 * Reads an endpoint, `ssh://user@host[:port]` or `ssh://alias`, through ~/.ssh/config (ssh_config(5): HostName, User,
 * Port, IdentityFile, IdentitiesOnly, IdentityAgent, UserKnownHostsFile, HashKnownHosts). What the endpoint says wins.
 * `Match` and `Include` are not read, for the library would run the programs a `Match exec` names.
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
  const { home } = wanted;
  const settings = await readSettings(join(home, '.ssh', 'config'), parts.host, at);
  if (!settings.ok) return settings;
  const { one, all } = settings.value;
  const proxy = one('proxyjump') ?? one('proxycommand');
  if (proxy !== null && proxy.toLowerCase() !== 'none')
    return fail(
      faultAt(
        at,
        'proxy-jump-unsupported',
        `~/.ssh/config reaches ${parts.host} through another host (${proxy}), which is not supported yet`,
        'Use an address that can be reached directly, for example through a VPN.',
      ),
    );
  const user = parts.user ?? one('user') ?? localUser(wanted.env);
  const host = expand(one('hostname') ?? '%h', { h: parts.host });
  const port = parts.port ?? Number(one('port') ?? 22);
  const tokens = { h: host, r: user, u: localUser(wanted.env), d: home, p: String(port), n: parts.host };
  const file = (path: string) => localPath(expand(path, tokens), home);
  const named = (wanted.identity === null ? all('identityfile') : [wanted.identity]).filter(
    (path) => path !== 'none',
  );
  const agent = one('identityagent');
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
  });
}

/** The parts of an endpoint, or null: another scheme, a password, a path, no host, a port out of range. */
export function parseEndpoint(
  endpoint: string,
): { readonly user: string | null; readonly host: string; readonly port: number | null } | null {
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
}

async function readSettings(file: string, host: string, at: At): Promise<Result<Settings>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    text = '';
  }
  try {
    const config = SSHConfig.parse(text);
    const plain = SSHConfig.parse('');
    for (const line of config)
      if (!('param' in line) || !/^(match|include)$/i.test(line.param)) plain.push(line);
    const computed = plain.compute(host, { ignoreCase: true, matchExec: false });
    const all = (key: string) => [computed[key] ?? []].flat();
    return ok({ one: (key) => all(key)[0] ?? null, all });
  } catch (error) {
    return fail(
      faultAt(
        at,
        'ssh-config-invalid',
        `${file} on this machine cannot be read`,
        'Correct it: `ssh -G host` says where.',
        {
          detail: errorText(error),
        },
      ),
    );
  }
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
