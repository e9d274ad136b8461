import { z } from 'zod';
import {
  certificateText,
  domainUuid,
  fingerprint,
  type Origin,
  serverId,
  sha256,
  type StepId,
} from './names';
import { parseOrigin } from './origin';

/**
 * The branded names as schemas: a value that was read from a file or another process is known to have the form, and the
 * brand stays on it. Each wants the one canonical spelling.
 */
const named = <T extends string>(form: (text: string) => T | null, what: string) =>
  z.custom<T>((value) => typeof value === 'string' && form(value) === value, `not ${what}`);

export const ids = {
  server: named(serverId, 'a server id'),
  origin: named<Origin>((text) => parseOrigin(text)?.origin ?? null, 'a replication origin'),
  fingerprint: named(fingerprint, 'a fingerprint'),
  sha256: named(sha256, 'a SHA-256'),
  domain: named(domainUuid, 'a domain uuid'),
  certificate: named(certificateText, 'a certificate'),
  step: named((text) => (/^[1-9]\d{0,5}$/.test(text) ? (text as StepId) : null), 'the number of a step'),
} as const;
