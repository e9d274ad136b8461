import { firstWith } from '../versions/versions';
import type { Place } from '../base/result';
import { error, type ConfigProblem, short, warning } from './config-problems';

/** Words about keys and values that some versions of kanidmd refuse, or start with and do not replicate by. */

export const unknownKey = (where: Place, key: string, version: string, home: string | null): ConfigProblem =>
  error(
    'unknown-key',
    { ...where, field: short(key) },
    `kanidmd ${version} knows no key "${short(key)}" here and refuses to start.`,
    home === null ? 'Remove the line, or correct the name.' : `Remove the line. ${home}`,
  );

export const tomlTooNew = (where: Place, version: string, what: string): ConfigProblem => ({
  ...error(
    'server-toml-too-new',
    where,
    `kanidmd ${version} reads TOML 1.0 and refuses this file, which is TOML 1.1.`,
    `Write an inline table on one line and without a comma at its end, or upgrade to ${firstWith('toml-1.1')} or later.`,
  ),
  detail: what,
});

export const wrongValue = (where: Place, field: string, what: string, fix: string): ConfigProblem =>
  error('server-toml-wrong-type', { ...where, field }, `${field} ${what}`, fix);

export const notOneOf = (where: Place, field: string, found: string, all: readonly string[]): ConfigProblem =>
  error(
    'value-unknown',
    { ...where, field },
    `${field} = "${short(found)}" is unknown to kanidmd, which refuses to start.`,
    `Write ${all.map((value) => `"${value}"`).join(', ')}, exactly so.`,
  );

export const listOfAddresses = (where: Place, field: string, version: string, form: string): ConfigProblem =>
  wrongValue(
    where,
    field,
    `is a list; kanidmd ${version} takes one address in a file ${form}.`,
    `Write one address. A file with version = "2" may list several from ${firstWith('list-of-addresses')} on.`,
  );

export const httpsOriginInvalid = (where: Place, origin: string, why: string): ConfigProblem =>
  error(
    'https-origin-invalid',
    { ...where, field: 'origin' },
    `"${short(origin)}" ${why}, so kanidmd refuses to start.`,
    'Write it as https://NAME, with the name people open in their browser.',
  );

export const httpsBindNotAddress = (where: Place, bindaddress: string): ConfigProblem =>
  error(
    'bindaddress-not-address',
    { ...where, field: 'bindaddress' },
    `"${short(bindaddress)}" is not IP:PORT; kanidmd takes no name here and stops at its start.`,
    'Write an address, such as 0.0.0.0:8443 or [::]:8443.',
  );

export const proxiesInvalid = (where: Place, field: string, what: string, fix: string): ConfigProblem =>
  error('proxies-invalid', { ...where, field }, `${field} ${what}, so kanidmd refuses to start.`, fix);

export const bindMissing = (where: Place): ConfigProblem =>
  error(
    'replication-bindaddress-missing',
    { ...where, field: 'replication.bindaddress' },
    '[replication] has no bindaddress, so kanidmd refuses to start.',
    'Add bindaddress = "0.0.0.0:8444", the address and port it listens on for partners.',
  );

export const originNotRepl = (where: Place, origin: string): ConfigProblem =>
  warning(
    'origin-not-repl',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is not written as partners dial it; kanidmd starts and puts the name into its certificate.`,
    'Write it as repl://NAME:PORT.',
  );

export const originIsAddress = (where: Place, origin: string, version: string): ConfigProblem =>
  error(
    'origin-is-address',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is an IP address: kanidmd ${version} writes it into its certificate as a name, and partners then refuse it.`,
    `Use a name that partners can resolve, or upgrade to ${firstWith('address-origin')} or later and renew the certificate.`,
  );

export const originIsIPv6 = (where: Place, origin: string): ConfigProblem =>
  error(
    'origin-never-works',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is an IPv6 address: kanidmd starts, but never listens for partners.`,
    'Use a name that partners can resolve; it may stand for an IPv6 address.',
  );

export const partnerIsIPv6 = (where: Place, key: string): ConfigProblem =>
  error(
    'partner-never-works',
    { ...where, field: `replication."${short(key)}"` },
    `The partner "${short(key)}" is named by an IPv6 address: kanidmd starts, but never replicates with it.`,
    'Use a name that resolves to that address, and the same name as origin on the partner.',
  );

export const plannedKey = (where: Place, key: string, version: string): ConfigProblem =>
  error(
    'replication-unknown-key',
    { ...where, field: `replication.${short(key)}` },
    `kanidmd ${version} reads "${short(key)}" in [replication] as a partner’s origin and refuses to start.`,
    'Remove the line.',
  );
