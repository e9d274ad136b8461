import type { Fault } from '../../../../shared/base/result';
import { type ServerPlace, errorText, faultAt } from './faults';
import { errorCode } from '../../base/error-code';

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
