import { join } from 'node:path';
import { isHost, isUser, readSshEndpoint, type SshEndpoint } from '../../../../../shared/base/reach-names';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';
import type { BelievedFiles } from '../../common/this-machine';
import { jumpsOf } from './jumps';
import { Expansion, localUser, readSettings, type Settings, type Tokens } from './ssh-settings';
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
  /** Under which name the host's key is known (HostKeyAlias); null: its own. */
  readonly hostKeyAlias: string | null;
  /** The person's own. The first is where an accepted key is written. */
  readonly knownHostsFiles: readonly string[];
  /** Read beside the person's own, never instead of them; null: none. */
  readonly fleetKnownHosts: string | null;
  /** Whether that one may be believed as it is; absent: it may. */
  readonly believed?: BelievedFiles;
  readonly systemKnownHostsFiles: readonly string[];
  /** Keys that are believed of no host. */
  readonly revokedKeysFiles: readonly string[];
  /** An unknown host key is refused, and nobody asked (StrictHostKeyChecking yes). */
  readonly strict: boolean;
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

/** What of a target says the way to it. */
export type Wanted = Pick<SshTarget, 'endpoint' | 'identity' | 'knownHosts' | 'home' | 'env' | 'believed'>;

/** Read, never written (ssh_config(5), GlobalKnownHostsFile). */
const SYSTEM_KNOWN_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
const OWN_KNOWN_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];

/**
 * Reads an endpoint, `ssh://user@host[:port]` or `ssh://alias`, through ~/.ssh/config (ssh_config(5): Include, HostName,
 * User, Port, IdentityFile, IdentitiesOnly, IdentityAgent, ProxyJump, HostKeyAlias, StrictHostKeyChecking,
 * UserKnownHostsFile, GlobalKnownHostsFile, RevokedHostKeys, HashKnownHosts). What the endpoint says wins; the fleet's key
 * and known_hosts are the server's own, not those of the hosts on the way (as `ssh -i`).
 */
export async function resolveRoute(wanted: Wanted, where: ServerPlace): Promise<Result<Route>> {
  const parts = readSshEndpoint(wanted.endpoint);
  if (parts === null)
    return fail(
      faultAt(
        where,
        'endpoint-invalid',
        'this is not an SSH endpoint',
        'Write ssh://user@host[:port] or ssh://alias.',
      ),
    );
  return routeTo(parts, wanted, where, 0, true);
}

/** @param ownJumps whether the host's own ProxyJump counts; for the second host on a way the first one has said it. */
export async function routeTo(
  parts: SshEndpoint,
  wanted: Wanted,
  where: ServerPlace,
  depth: number,
  ownJumps: boolean,
): Promise<Result<Route>> {
  const settings = await readSettings(wanted.home, parts.host, where);
  if (!settings.ok) return settings;
  const { one } = settings.value;
  const expansion = new Expansion(wanted.home, wanted.env, where);
  const tokens = tokensOf(parts, wanted, settings.value, expansion, where);
  if (!tokens.ok) return tokens;
  const { host, port, user } = tokens.value;
  const jumps = ownJumps
    ? await jumpsOf(
        one,
        parts.host,
        (text) => expansion.tokens(text, tokens.value),
        wanted,
        where,
        depth,
        routeTo,
      )
    : ok([]);
  if (!jumps.ok) return jumps;
  const files = filesOf(wanted, settings.value, tokens.value, expansion);
  if (!files.ok) return files;
  const notes = [...settings.value.notes, ...notFollowed(one), ...jumps.value.flatMap((jump) => jump.notes)];
  return ok({
    host,
    port,
    user,
    ...files.value,
    ...(wanted.believed === undefined ? {} : { believed: wanted.believed }),
    identitiesOnly: one('identitiesonly') === 'yes',
    hostKeyAlias: one('hostkeyalias') === null ? null : tokens.value.alias,
    strict: one('stricthostkeychecking') === 'yes',
    hashKnownHosts: one('hashknownhosts') === 'yes',
    jumps: jumps.value,
    notes: [...new Set(notes)],
  });
}

/** Host, port and user; ~/.ssh/config's own values must be in the grammar too, for they are used in the same places. */
function tokensOf(
  parts: SshEndpoint,
  { env }: Wanted,
  { one }: Settings,
  expansion: Expansion,
  where: ServerPlace,
): Result<Tokens> {
  const wrong = (keyword: string, value: string) =>
    fail(
      faultAt(
        where,
        'ssh-config-invalid',
        `${keyword} of ${parts.host} in ~/.ssh/config cannot be used: ${JSON.stringify(value)}`,
        `Correct ${keyword} there.`,
      ),
    );
  const user = parts.user ?? one('user') ?? localUser(env);
  if (!isUser(user))
    return one('user') === null
      ? fail(
          faultAt(
            where,
            'endpoint-invalid',
            `${JSON.stringify(user)}, your name on this machine, is no user of an SSH server`,
            'Write the user into the endpoint: ssh://user@host.',
          ),
        )
      : wrong('User', user);
  const port = parts.port ?? Number(one('port') ?? 22);
  if (!Number.isInteger(port) || port < 1 || port > 65535) return wrong('Port', one('port') ?? '');
  const before = { host: parts.host, asked: parts.host, alias: parts.host, port, user };
  const host = expansion.tokens(one('hostname') ?? '%h', before).replace(/^\[|\]$/g, '');
  if (!isHost(host)) return wrong('HostName', host);
  const alias = expansion.tokens(one('hostkeyalias') ?? parts.host, { ...before, host });
  return isHost(alias) ? ok({ ...before, host, alias: alias.toLowerCase() }) : wrong('HostKeyAlias', alias);
}

/** Every file and socket of this machine that the way needs. */
function filesOf(
  wanted: Wanted,
  { one, all }: Settings,
  tokens: Tokens,
  expansion: Expansion,
): Result<
  Pick<
    Route,
    | 'identities'
    | 'agentSocket'
    | 'knownHostsFiles'
    | 'fleetKnownHosts'
    | 'systemKnownHostsFiles'
    | 'revokedKeysFiles'
  >
> {
  const paths = (texts: readonly string[]) => expansion.paths(texts, tokens);
  const named =
    wanted.identity === null
      ? paths(all('identityfile').filter((path) => path.toLowerCase() !== 'none'))
      : ok([expansion.tokens(wanted.identity, tokens)]);
  if (!named.ok) return named;
  const agent = one('identityagent');
  const socket =
    agent === null || agent === 'SSH_AUTH_SOCK'
      ? ok(defaultAgent(wanted.env))
      : agent.toLowerCase() === 'none'
        ? ok(null)
        : expansion.agent(agent, tokens);
  if (!socket.ok) return socket;
  const own = paths(filesIn(all('userknownhostsfile'), OWN_KNOWN_HOSTS));
  if (!own.ok) return own;
  const system = paths(filesIn(all('globalknownhostsfile'), SYSTEM_KNOWN_HOSTS));
  if (!system.ok) return system;
  const revoked = paths(filesIn(all('revokedhostkeys').slice(0, 1), []));
  if (!revoked.ok) return revoked;
  const fleets = wanted.knownHosts;
  return ok({
    identities:
      named.value.length > 0
        ? named.value.map((path) => ({ path, named: true }))
        : defaultIdentities(wanted.home),
    agentSocket: socket.value,
    knownHostsFiles: own.value,
    fleetKnownHosts: fleets === null || own.value.includes(fleets) ? null : fleets,
    systemKnownHostsFiles: system.value,
    revokedKeysFiles: revoked.value,
  });
}

/** What decides about a host's key and is not followed: worth a word, for the person relies on it. */
function notFollowed(one: Settings['one']): readonly string[] {
  const command = one('knownhostscommand');
  return command === null || command.toLowerCase() === 'none'
    ? []
    : ['~/.ssh/config: `KnownHostsCommand` is not supported and was left out'];
}

/** Files with blanks between them; `none` is no file. */
const filesIn = (values: readonly string[], without: readonly string[]): readonly string[] =>
  values.length === 0
    ? without
    : values
        .flatMap((value) => value.split(/\s+/))
        .filter((path) => path !== '' && path.toLowerCase() !== 'none');

/** What ssh tries when nothing is named (ssh_config(5), IdentityFile), without the kinds ssh2 cannot use. */
const defaultIdentities = (home: string): readonly Identity[] =>
  ['id_rsa', 'id_ecdsa', 'id_ed25519'].map((name) => ({ path: join(home, '.ssh', name), named: false }));

/** Windows' own agent listens on a pipe that no variable names. */
const defaultAgent = (env: SshTarget['env']): string | null =>
  env['SSH_AUTH_SOCK'] || (process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : null);
