import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { Prompter } from '../../connection';
import { ChosenKeys } from './agent';
import { type ServerPlace, faultAt } from '../../common/faults';
import { Interview } from './interview';
import type { KeyFile } from './key-file';
import { orderKeys } from './offer-keys';
import type { Route } from '../address/route';

/** How often a person may try a password or a passphrase before the connection gives up. */
const TRIES = 3;

/** What a person entered and the server accepted, kept in memory so that a reconnect asks nobody. */
export interface Memory {
  password: string | null;
  readonly keys: Map<string, ParsedKey>;
  /** The same for each host on the way, by `user@host:port`. */
  readonly hops: Map<string, Memory>;
}

/** Of a connection on which nobody has been asked for anything yet. */
export const emptyMemory = (): Memory => ({ password: null, keys: new Map(), hops: new Map() });

/** One attempt, and what to remember if it is the one that works. */
export interface Attempt {
  readonly method: AnyAuthMethod;
  remember(): void;
}

/**
 * Walks the methods in order: keys (`orderKeys`), password, keyboard-interactive. Each value is an attempt;
 * the list of methods the server still accepts comes back in. Ends with the fault when nothing is left to try, or when
 * the person declines. Bounded: every secret is asked for at most three times.
 */
export async function* authenticate(
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
  memory: Memory,
  signal: AbortSignal,
): AsyncGenerator<Attempt, Fault, readonly string[]> {
  const username = route.user;
  const notes: string[] = [];
  // Costs one round trip and tells which methods the server accepts (RFC 4252, 5.2), so nobody is asked in vain.
  const offered = yield attempt({ type: 'none', username });
  let accepted = offered;

  if (accepted.includes('publickey')) {
    const { offers, agentNote } = await orderKeys(route);
    for (const offer of offers) {
      if (!accepted.includes('publickey')) break;
      if (offer.kind === 'agent') {
        accepted = yield attempt({ type: 'agent', username, agent: new ChosenKeys(offer.agent, offer.keys) });
        continue;
      }
      const { identity } = offer;
      const key = await loadKey(offer.file, identity.path, where, prompter, memory, signal);
      if (!key.ok) return key.error;
      if (typeof key.value === 'string') {
        if (identity.named || key.value !== MISSING) notes.push(`${identity.path}: ${key.value}`);
        continue;
      }
      const parsed = key.value;
      const remember = () => memory.keys.set(identity.path, parsed);
      accepted = yield attempt({ type: 'publickey', username, key: parsed }, remember);
      // A server may want a key and then a password (AuthenticationMethods).
      if (!accepted.includes('publickey')) remember();
      else notes.push(`${identity.path}: not accepted`);
    }
    if (agentNote !== null) notes.unshift(`agent: ${agentNote}`);
  }

  if (accepted.includes('password')) {
    if (memory.password !== null)
      accepted = yield attempt({ type: 'password', username, password: memory.password });
    if (accepted.includes('password')) memory.password = null;
    for (let tries = 1; tries <= TRIES && accepted.includes('password'); tries++) {
      const password = await askPassword(route, where, prompter, tries, signal);
      if (password === null) return declined(where, 'password');
      const remember = () => (memory.password = password);
      accepted = yield attempt({ type: 'password', username, password }, remember);
      if (!accepted.includes('password')) remember();
      else notes.push('password: not accepted');
    }
  }

  if (!accepted.includes('password'))
    for (let tries = 1; tries <= TRIES && accepted.includes('keyboard-interactive'); tries++) {
      const about = { server: where.server, subject: loginName(route), attempt: tries };
      const interview = new Interview(about, prompter, signal, memory.password);
      memory.password = null;
      accepted = yield attempt({ type: 'keyboard-interactive', username, prompt: interview.prompt }, () => {
        memory.password = interview.password;
      });
      if (interview.declined) return declined(where, 'answer');
      notes.push(`keyboard-interactive: ${interview.unsupported ?? 'not accepted'}`);
      if (interview.unsupported !== null) break;
    }
  return authenticationFailed(where, route, offered, notes);
}

const MISSING = 'no such file';
const attempt = (method: AnyAuthMethod, remember: () => void = () => undefined): Attempt => ({
  method,
  remember,
});

/** The key, or in words why it cannot be used. A fault only when the person declines the passphrase. */
async function loadKey(
  file: KeyFile,
  path: string,
  where: ServerPlace,
  prompter: Prompter,
  memory: Memory,
  signal: AbortSignal,
): Promise<Result<ParsedKey | string>> {
  const remembered = memory.keys.get(path);
  if (remembered !== undefined) return ok(remembered);
  switch (file.kind) {
    case 'key':
      return ok(file.key);
    case 'missing':
      return ok(MISSING);
    case 'unusable':
      return ok(file.reason);
    case 'encrypted':
      for (let tries = 1; tries <= TRIES; tries++) {
        const question = { server: where.server, kind: 'passphrase', subject: path, attempt: tries } as const;
        const passphrase = await prompter.secret(question, signal);
        if (passphrase === null) return fail(declined(where, `passphrase of ${path}`));
        const key = file.unlock(passphrase);
        if (key !== null) return ok(key);
      }
      return ok(`wrong passphrase ${TRIES} times`);
  }
}

const askPassword = (
  route: Route,
  where: ServerPlace,
  prompter: Prompter,
  tries: number,
  signal: AbortSignal,
) =>
  prompter.secret(
    { server: where.server, kind: 'password', subject: loginName(route), attempt: tries },
    signal,
  );

const loginName = (route: Route): string => `${route.user}@${route.host}`;

const declined = (where: ServerPlace, what: string): Fault =>
  faultAt(where, 'declined', `no ${what} was given`, 'Connect again and answer the question.');

const authenticationFailed = (
  where: ServerPlace,
  route: Route,
  offered: readonly string[],
  notes: readonly string[],
): Fault => {
  const missing = route.identities.filter(({ path }) => notes.includes(`${path}: ${MISSING}`));
  const files = missing.map(({ path }) => path).join(' and ');
  return faultAt(
    where,
    'authentication-failed',
    files === ''
      ? `the server does not let ${route.user} in`
      : `the key file ${files} is not there, and without it the server does not let ${route.user} in`,
    files === ''
      ? 'Check the user name, and that the public key is in the server’s authorized_keys or the password is right.'
      : 'Put the key there, or correct identity in the fleet file (IdentityFile in ~/.ssh/config).',
    { detail: [`the server accepts: ${offered.join(', ') || 'nothing it names'}`, ...notes].join('\n') },
  );
};
