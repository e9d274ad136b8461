import type { ParsedKey } from 'ssh2';
import { type AgentKeys, askAgent, wireForm } from './agent';
import { type KeyFile, readKeyFile } from './key-file';
import { publicKeyOf } from './public-key';
import type { Identity, Route } from '../address/route';

/**
 * One turn in offering public keys: some of the agent's, or one from a file.
 */
export type KeyOffer =
  | {
      readonly kind: 'agent';
      readonly agent: NonNullable<AgentKeys['agent']>;
      readonly keys: readonly ParsedKey[];
    }
  | { readonly kind: 'file'; readonly identity: Identity; readonly file: KeyFile };

/** The turns in order, and what is worth saying of the agent if none of them is accepted. */
export interface KeyOffers {
  readonly offers: readonly KeyOffer[];
  readonly agentNote: string | null;
}

/** sshd hangs up at the sixth refusal (sshd_config(5), MaxAuthTries). */
export const REFUSALS = 6;

/**
 * Puts the keys in the order in which they are offered. A server refuses only so many, so what the person named comes first:
 *
 * 1. the agent's own copy of each named key, which needs no passphrase (ssh does the same);
 * 2. named files that are not in the agent and need no passphrase;
 * 3. the agent's other keys, unless IdentitiesOnly, those first that are one of the default files;
 * 4. named files that need a passphrase; before 3, when the agent's keys alone could use up what the server puts up with;
 * 5. ssh's default files that the agent does not hold.
 */
export async function orderKeys(route: Route): Promise<KeyOffers> {
  const held = await askAgent(route.agentSocket);
  const byWire = new Map(held.keys.map((key) => [wireForm(key), key]));
  const known = await Promise.all(
    route.identities.map(async (identity) => {
      const wire = await publicKeyOf(identity.path);
      return { identity, held: wire === null ? null : (byWire.get(wire) ?? null) };
    }),
  );
  const files = async (some: typeof known): Promise<(KeyOffer & { kind: 'file' })[]> =>
    Promise.all(
      some.map(async ({ identity }) => ({ kind: 'file', identity, file: await readKeyFile(identity.path) })),
    );
  const agentOffer = (keys: readonly ParsedKey[]): KeyOffer[] =>
    held.agent === null || keys.length === 0 ? [] : [{ kind: 'agent', agent: held.agent, keys }];
  const heldOf = (some: typeof known) => some.flatMap((it) => it.held ?? []);

  const chosen = known.filter(({ identity }) => identity.named || route.identitiesOnly);
  const first = heldOf(chosen);
  const named = await files(chosen.filter((it) => it.held === null));
  const [locked, open] = [named.filter(isLocked), named.filter((it) => !isLocked(it))];
  const others = route.identitiesOnly
    ? []
    : unique([...heldOf(known), ...held.keys]).filter((key) => !first.includes(key));
  const many = first.length + open.length + others.length + locked.length >= REFUSALS;
  const rest = await files(known.filter((it) => !chosen.includes(it) && it.held === null));
  return {
    offers: [
      ...agentOffer(first),
      ...open,
      ...(many ? [...locked, ...agentOffer(others)] : [...agentOffer(others), ...locked]),
      ...rest,
    ],
    agentNote: agentNote(route, held, first.length + others.length),
  };
}

const isLocked = ({ file }: { readonly file: KeyFile }): boolean => file.kind === 'encrypted';
const unique = <T>(some: readonly T[]): T[] => [...new Set(some)];

/** In words, for the person: why the agent did not help. */
function agentNote(route: Route, held: AgentKeys, offered: number): string | null {
  if (route.agentSocket === null) return null;
  if (held.trouble !== null) return `not usable (${held.trouble})`;
  if (held.keys.length === 0) return 'holds no keys';
  if (offered === 0) return 'holds none of the identities';
  return `${offered} ${offered === 1 ? 'key' : 'keys'} offered, none accepted`;
}
