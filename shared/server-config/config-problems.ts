import { firstWith, firstWithout } from '../versions/versions';
import type { Severity } from '../base/problem';
import type { Fault, Place } from '../base/result';
import { certificateKey, type PartnerType } from './server-config';

/** What can be wrong in a server.toml; `docs/rules.md` lists them. The words stand where each is made. */
export const fileCodes = [
  'acknowledgement-fatal',
  'acknowledgement-missing',
  'automatic-refresh-missing',
  'bindaddress-not-address',
  'bindaddress-taken',
  'certificate-key-wrong',
  'certificate-missing',
  'certificate-unreadable',
  'https-origin-invalid',
  'ldapbindaddress-not-address',
  'online-backup-invalid',
  'origin-is-address',
  'origin-never-works',
  'origin-not-repl',
  'origin-without-port',
  'partner-never-works',
  'partner-origin-invalid',
  'partner-twice',
  'partner-type-missing',
  'partner-type-wrong',
  'poll-interval-zero',
  'proxies-invalid',
  'replication-bindaddress-missing',
  'replication-origin-missing',
  'replication-unknown-key',
  'required-key-missing',
  'server-toml-not-utf8',
  'server-toml-syntax',
  'server-toml-too-deep',
  'server-toml-too-large',
  'server-toml-too-new',
  'server-toml-value-too-long',
  'server-toml-wrong-type',
  'unknown-key',
  'value-unknown',
  'version-2-too-early',
  'version-unknown',
] as const;
export type FileCode = (typeof fileCodes)[number];

/** Something wrong in a server.toml. An `error` keeps kanidmd from starting or a partner from working. */
export interface ConfigProblem extends Fault {
  readonly severity: Severity;
}

/**
 * Something that keeps kanidmd from starting or a partner from working.
 * @param fix what to do, one sentence.
 */
export const error = (code: FileCode, where: Place, message: string, fix: string): ConfigProblem => ({
  severity: 'error',
  code,
  message,
  fix,
  where,
});
/** Something that works otherwise than it looks. Takes what `error` takes. */
export const warning = (...parts: Parameters<typeof error>): ConfigProblem => ({
  ...error(...parts),
  severity: 'warning',
});

/** What was found, as far as a message needs it: a key or a value may be of any length. */
export const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

const types = Object.keys(certificateKey)
  .map((type) => `"${type}"`)
  .join(', ');

/**
 * A key whose value must be a text.
 * @param field its path, as messages name it: `replication.origin`.
 */
export const notText = (where: Place, field: string): ConfigProblem =>
  error('server-toml-wrong-type', { ...where, field }, `${field} is not a text.`, 'Write it in quotes.');

/** A key that must be true or false. */
export const notBoolean = (where: Place, field: string): ConfigProblem =>
  error(
    'server-toml-wrong-type',
    { ...where, field },
    `${field} is neither true nor false.`,
    'Write true or false, without quotes.',
  );

/** A poll interval that is no whole number of seconds. */
export const notSeconds = (where: Place, field: string): ConfigProblem =>
  error(
    'server-toml-wrong-type',
    { ...where, field },
    `${field} is not a whole number of seconds.`,
    'Write a number from 1 to 300, without quotes.',
  );

/** A key that must be a table. */
export const notTable = (where: Place, field: string): ConfigProblem =>
  error(
    'server-toml-wrong-type',
    { ...where, field },
    `${field} is not a table.`,
    'Write it as a [table] with keys of its own.',
  );

/** A table whose header has double brackets: kanidmd reads no list there. */
export const arrayOfTables = (where: Place, field: string): ConfigProblem =>
  error(
    'server-toml-wrong-type',
    { ...where, field },
    `${field} is written with double brackets, as a list.`,
    'Write its header with single brackets.',
  );

/**
 * A key of `[replication]` that looks like a mistyped setting. kanidmd takes every key it does not know for a
 * partner (`kanidm.md`, "Replication keys").
 */
export const notPartner = (where: Place, key: string): ConfigProblem =>
  error(
    'replication-unknown-key',
    { ...where, field: `replication.${short(key)}` },
    `[replication] has a key "${short(key)}"; any key but origin, bindaddress and task_poll_interval is read as a partner’s origin.`,
    'Remove it, or write the partner as [replication."repl://NAME:PORT"].',
  );

/** A partner whose name is a URL, but none that kanidmd replicates by. */
export const partnerScheme = (where: Place, key: string): ConfigProblem =>
  error(
    'partner-origin-invalid',
    { ...where, field: `replication."${short(key)}"` },
    `"${short(key)}" is not a partner’s origin: kanidmd never replicates with this partner.`,
    'Write it as repl://NAME:PORT, or remove the table.',
  );

/**
 * Two tables of one partner, whose names differ in their spelling only.
 * @param other the key of the first.
 */
export const samePartner = (where: Place, key: string, other: string): ConfigProblem =>
  error(
    'partner-twice',
    { ...where, field: `replication."${short(key)}"` },
    `"${short(key)}" and "${short(other)}" name the same partner.`,
    'Keep one of the two tables.',
  );

/** A partner table without `type`. */
export const typeMissing = (where: Place, key: string): ConfigProblem =>
  error(
    'partner-type-missing',
    { ...where, field: `replication."${short(key)}".type` },
    `The partner "${short(key)}" has no type.`,
    `Add type = one of ${types}.`,
  );

/**
 * A `type` that kanidmd does not know.
 * @param found what is written; null: it is no text.
 */
export const typeWrong = (where: Place, found: string | null): ConfigProblem =>
  error(
    'partner-type-wrong',
    { ...where, field: 'type' },
    found === null ? 'A partner type is not a text.' : `"${short(found)}" is not a partner type.`,
    `Write one of ${types}.`,
  );

/**
 * A partner without the certificate key that its type needs.
 * @param key the one that is needed.
 * @param instead the one that is there; null: none.
 */
export const certificateKeyMissing = (
  where: Place,
  type: PartnerType,
  key: string,
  instead: string | null,
): ConfigProblem =>
  error(
    instead === null ? 'certificate-missing' : 'certificate-key-wrong',
    { ...where, field: key },
    instead === null
      ? `A "${type}" partner has no ${key}.`
      : `A "${type}" partner has ${instead} where ${key} belongs.`,
    instead === null
      ? `Add ${key} with the text the partner’s kanidmd show-replication-certificate prints.`
      : `Rename ${instead} to ${key}, or change the type.`,
  );

/**
 * A version that does not start without `automatic_refresh` where it pulls.
 * @param version of kanidmd: `1.10.5`.
 */
export const flagMissing = (where: Place, key: string, version: string): ConfigProblem =>
  error(
    'automatic-refresh-missing',
    { ...where, field: `replication."${short(key)}".automatic_refresh` },
    `kanidmd ${version} does not start with a partner it pulls from that has no automatic_refresh.`,
    'Add automatic_refresh = false to the table.',
  );

/**
 * A certificate that is not as kanidmd prints it.
 * @param detail what the reader said of it.
 */
export const certificateUnreadable = (where: Place, key: string, detail?: string): ConfigProblem => ({
  ...error(
    'certificate-unreadable',
    { ...where, field: key },
    `${key} is not a certificate as kanidmd prints it.`,
    'Copy the whole text the partner’s kanidmd show-replication-certificate prints.',
  ),
  ...(detail === undefined ? {} : { detail }),
});

/** `[replication]` without `origin`. */
export const originMissing = (where: Place): ConfigProblem =>
  error(
    'replication-origin-missing',
    { ...where, field: 'replication.origin' },
    '[replication] has no origin.',
    'Add origin = "repl://NAME:PORT", the name partners dial.',
  );

/** A replication origin that is no `repl://` URL. */
export const originScheme = (where: Place, origin: string): ConfigProblem =>
  error(
    'origin-not-repl',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" is not a replication origin: kanidmd refuses it, or never listens for partners.`,
    'Write it as repl://NAME:PORT.',
  );

/** A replication origin without a port: partners dial 443. */
export const originWithoutPort = (where: Place, origin: string): ConfigProblem =>
  warning(
    'origin-without-port',
    { ...where, field: 'replication.origin' },
    `"${short(origin)}" has no port, so partners dial 443.`,
    'Write the replication port: repl://NAME:8444.',
  );

/** A replication bindaddress that is no IP address with a port. */
export const bindNotAddress = (where: Place, bindaddress: string): ConfigProblem =>
  error(
    'bindaddress-not-address',
    { ...where, field: 'replication.bindaddress' },
    `"${short(bindaddress)}" is not IP:PORT; kanidmd takes no name here.`,
    'Write an address, such as 0.0.0.0:8444 or [::]:8444.',
  );

/** A replication bindaddress with the port of HTTPS or LDAP. */
export const bindTaken = (where: Place, bindaddress: string): ConfigProblem =>
  error(
    'bindaddress-taken',
    { ...where, field: 'replication.bindaddress' },
    `The replication port ${bindaddress} is the one kanidmd serves HTTPS or LDAP on.`,
    'Give replication a port of its own, such as 8444.',
  );

/** The acknowledgement in a file of a version that refuses it. */
export const acknowledgementFatal = (where: Place, version: string): ConfigProblem =>
  error(
    'acknowledgement-fatal',
    { ...where, field: ACKNOWLEDGEMENT },
    `kanidmd ${version} refuses to start with ${ACKNOWLEDGEMENT}.`,
    `Remove the line; it was needed before ${firstWithout('acknowledgement')} only.`,
  );

/** No acknowledgement in a file of a version that replicates only with it. */
export const acknowledgementMissing = (where: Place, version: string): ConfigProblem =>
  error(
    'acknowledgement-missing',
    { ...where, field: ACKNOWLEDGEMENT },
    `kanidmd ${version} replicates only with ${ACKNOWLEDGEMENT} = true.`,
    'Add the line above the first table.',
  );

/** `version = "2"` in a file of a version before it. */
export const versionTooNew = (where: Place, version: string): ConfigProblem =>
  error(
    'version-2-too-early',
    { ...where, field: 'version' },
    `kanidmd ${version} does not know version = "2".`,
    `Remove the line, or upgrade to ${firstWith('version-2-file')} or later.`,
  );

/** A `version` that no kanidmd knows. */
export const versionUnknown = (where: Place): ConfigProblem =>
  error(
    'version-unknown',
    { ...where, field: 'version' },
    'The file version is not "2".',
    'Write version = "2", or remove the line.',
  );

/** The line old versions need and new ones refuse (`kanidm.md`, "Format by version"). */
export const ACKNOWLEDGEMENT = 'i_acknowledge_that_replication_is_in_development';
