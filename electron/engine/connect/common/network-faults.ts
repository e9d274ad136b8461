import type { Fault } from '../../../../shared/base/result';
import { type ServerPlace, errorText, faultAt } from './faults';

type Words = readonly [code: string, message: string, fix: string];

const notFound: Words = [
  'name-not-found',
  'the host name does not resolve',
  'Check the spelling of the endpoint, or DNS; an SSH alias must be in ~/.ssh/config.',
];
const unreachable: Words = [
  'host-unreachable',
  'the host is unreachable',
  'Check the network, the VPN and the address.',
];
const words: Readonly<Record<string, Words>> = {
  ENOTFOUND: notFound,
  EAI_AGAIN: notFound,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
};

/**
 * The fault of a socket that did not reach its host, whatever is spoken there.
 * @param own what a refusal of the host itself means to this transport, by errno.
 * @returns null: the error is about something else.
 */
export function networkFault(
  where: ServerPlace,
  error: unknown,
  own: Readonly<Record<string, Words>>,
): Fault | null {
  const code = errorCode(error);
  const known = code === null ? undefined : (own[code] ?? words[code]);
  return known === undefined ? null : faultAt(where, ...known, { detail: errorText(error) });
}

/** Node's code of an error: `ECONNREFUSED`; of several the first's; null: it has none. */
export function errorCode(error: unknown): string | null {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
