import { firstWith } from '../versions/versions';
import type { Place } from '../base/result';
import { error, type ConfigProblem, short, warning } from './config-problems';

/** Words about keys and values that some versions of kanidmd refuse, or start with and do not replicate by. */

/**
 * A key that this version refuses.
 * @param home where the key belongs, as a fix; null: nowhere.
 */
export const unknownKey = (where: Place, key: string, version: string, home: string | null): ConfigProblem =>
  error(
    'unknown-key',
    { ...where, field: short(key) },
    `kanidmd ${version} knows no key "${short(key)}" here and refuses to start.`,
    home === null ? 'Remove the line, or correct the name.' : `Remove the line. ${home}`,
  );

/**
 * A file in TOML 1.1 for a version that reads 1.0.
 * @param what is of 1.1 in it, and where.
 */
export const tomlTooNew = (where: Place, version: string, what: string): ConfigProblem => ({
  ...error(
    'server-toml-too-new',
    where,
    `kanidmd ${version} reads TOML 1.0 and refuses this file, which is TOML 1.1.`,
    `Write an inline table on one line and without a comma at its end, or upgrade to ${firstWith('toml-1.1')} or later.`,
  ),
  detail: what,
});

/**
 * A value of another type than kanidmd takes.
 * @param what follows the field in the sentence: `is not a text.`
 */
export const wrongValue = (where: Place, field: string, what: string, fix: string): ConfigProblem =>
  error('server-toml-wrong-type', { ...where, field }, `${field} ${what}`, fix);

/**
 * A value that is none of those kanidmd knows.
 * @param all of them, spelled as they must be.
 */
export const notOneOf = (where: Place, field: string, found: string, all: readonly string[]): ConfigProblem =>
  error(
    'value-unknown',
    { ...where, field },
    `${field} = "${short(found)}" is unknown to kanidmd, which refuses to start.`,
    `Write ${all.map((value) => `"${value}"`).join(', ')}, exactly so.`,
  );

/**
 * A list of addresses where this version, or this form of file, takes one.
 * @param form of the file: `without a version line`.
 */
export const listOfAddresses = (where: Place, field: string, version: string, form: string): ConfigProblem =>
  wrongValue(
    where,
    field,
    `is a list; kanidmd ${version} takes one address in a file ${form}.`,
    `Write one address. A file with version = "2" may list several from ${firstWith('list-of-addresses')} on.`,
  );

/**
 * An `origin` of the whole server that kanidmd does not start with.
 * @param why follows the origin in the sentence.
 */
export const httpsOriginInvalid = (where: Place, origin: string, why: string): ConfigProblem =>
  error(
    'https-origin-invalid',
    { ...where, field: 'origin' },
    `"${short(origin)}" ${why}, so kanidmd refuses to start.`,
    'Write it as https://NAME, with the name people open in their browser.',
  );

/** A `bindaddress` of HTTPS that is no IP address with a port. */
export const httpsBindNotAddress = (where: Place, bindaddress: string): ConfigProblem =>
  error(
    'bindaddress-not-address',
    { ...where, field: 'bindaddress' },
    `"${short(bindaddress)}" is not IP:PORT; kanidmd takes no name here and stops at its start.`,
    'Write an address, such as 0.0.0.0:8443 or [::]:8443.',
  );

/**
 * Trusted proxies that kanidmd cannot read.
 * @param what follows the field in the sentence.
 */
export const proxiesInvalid = (where: Place, field: string, what: string, fix: string): ConfigProblem =>
  error('proxies-invalid', { ...where, field }, `${field} ${what}, so kanidmd refuses to start.`, fix);

/** `[replication]` without `bindaddress`. */
export const bindMissing = (where: Place): ConfigProblem =>
  error(
    'replication-bindaddress-missing',
    { ...where, field: 'replication.bindaddress' },
    '[replication] has no bindaddress, so kanidmd refuses to start.',
    'Add bindaddress = "0.0.0.0:8444", the address and port it listens on for partners.',
  );

/** A replication origin of another scheme, which kanidmd starts with all the same. */
export const originNotRepl = (where: Place, origin: string): ConfigProblem =>
  warning(
    'origin-not-repl',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is not written as partners dial it; kanidmd starts and puts the name into its certificate.`,
    'Write it as repl://NAME:PORT.',
  );

/** An IP address as replication origin, for versions that put it into the certificate as a name. */
export const originIsAddress = (where: Place, origin: string, version: string): ConfigProblem =>
  error(
    'origin-is-address',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is an IP address: kanidmd ${version} writes it into its certificate as a name, and partners then refuse it.`,
    `Use a name that partners can resolve, or upgrade to ${firstWith('address-origin')} or later and renew the certificate.`,
  );

/** An IPv6 address as replication origin: kanidmd never listens. */
export const originIsIPv6 = (where: Place, origin: string): ConfigProblem =>
  error(
    'origin-never-works',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is an IPv6 address: kanidmd starts, but never listens for partners.`,
    'Use a name that partners can resolve; it may stand for an IPv6 address.',
  );

/** A partner named by an IPv6 address: kanidmd never replicates with it. */
export const partnerIsIPv6 = (where: Place, key: string): ConfigProblem =>
  error(
    'partner-never-works',
    { ...where, field: `replication."${short(key)}"` },
    `The partner "${short(key)}" is named by an IPv6 address: kanidmd starts, but never replicates with it.`,
    'Use a name that resolves to that address, and the same name as origin on the partner.',
  );

/** A key of `[replication]` that a later version reads and this one takes for a partner. */
export const plannedKey = (where: Place, key: string, version: string): ConfigProblem =>
  error(
    'replication-unknown-key',
    { ...where, field: `replication.${short(key)}` },
    `kanidmd ${version} reads "${short(key)}" in [replication] as a partner’s origin and refuses to start.`,
    'Remove the line.',
  );
