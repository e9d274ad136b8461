import type { AST } from 'toml-eslint-parser';
import { fail, ok, type Place, type Result } from '../base/result';
import { whyNoSchedule } from './backup-schedule';
import { error, type ConfigProblem } from './config-problems';
import { isCount } from './replication-section';
import { readSocketAddress } from './socket-address';
import { readToml } from './server-toml';
import { type KeyPath, startOf, startsWith, type TomlFile } from '../toml/toml-file';

/**
 * What keeps kanidmd from starting and what the test of a staged copy may not show: a copy must not bind LDAP's port, and the
 * `configtest` of 1.11.1 looks at neither LDAP's address nor the backup's schedule (measured). Kanidm 1.2.0 to 1.11.1 all
 * refuse the same here (read in their sources).
 * @param year the earliest year that is still to come, for schedules.
 */
export function checkUnstaged(
  file: TomlFile,
  where: Place,
  year = new Date().getUTCFullYear(),
): readonly ConfigProblem[] {
  return [...checkOnlineBackup(file, where, year), ...checkLdapAddresses(file, where)];
}

/** The same of bytes. @returns a fault when they are no TOML. */
export function checkUnstagedBytes(bytes: Uint8Array, where: Place): Result<readonly ConfigProblem[]> {
  const read = readToml(bytes, where);
  return read.ok ? ok(checkUnstaged(read.value, where)) : fail(read.error);
}

const BACKUP = 'online_backup';

function checkOnlineBackup(file: TomlFile, where: Place, year: number): readonly ConfigProblem[] {
  const section = sectionOf(file);
  if (section === null) return [];
  const found: ConfigProblem[] = [];
  const wrong = (node: AST.TOMLNode, key: string, message: string, fix: string): void =>
    void found.push(error('online-backup-invalid', { ...where, ...startOf(node), field: key }, message, fix));
  if (section.kind === 'value') {
    wrong(
      section.node,
      BACKUP,
      `${BACKUP} is not a table.`,
      `Write [${BACKUP}] with path and schedule in it.`,
    );
    return found;
  }
  const written = (key: string): AST.TOMLContentNode | null => file.find([BACKUP, key])?.pair.value ?? null;
  const [path, versions, enabled] = [written('path'), written('versions'), written('enabled')];
  if (path !== null && textOf(path) === null)
    wrong(path, `${BACKUP}.path`, `${BACKUP}.path is not a text.`, 'Write the folder in quotes.');
  if (versions !== null && !isCount(versions))
    wrong(
      versions,
      `${BACKUP}.versions`,
      `${BACKUP}.versions is not a whole number.`,
      'Write how many backups are kept, without quotes.',
    );
  if (enabled !== null && booleanIn(enabled) === null)
    wrong(
      enabled,
      `${BACKUP}.enabled`,
      `${BACKUP}.enabled is neither true nor false.`,
      'Write true or false, without quotes.',
    );
  const schedule = written('schedule');
  const key = `${BACKUP}.schedule`;
  if (schedule === null)
    wrong(section.node, key, `[${BACKUP}] has no schedule.`, 'Add schedule = "@daily", or another one.');
  else if (textOf(schedule) === null)
    wrong(schedule, key, `${key} is not a text.`, 'Write it in quotes: "@daily".');
  // kanidmd does not look at the schedule of a backup that is off.
  else if (enabled === null || booleanIn(enabled) !== false) {
    const why = whyNoSchedule(textOf(schedule) ?? '', year);
    if (why !== null)
      wrong(
        schedule,
        key,
        `kanidmd does not start with this ${key}: ${why}.`,
        'Write five fields as crontab has them ("0 22 * * *", the days of the week 1 for Sunday to 7), or @hourly, @daily, @weekly.',
      );
  }
  return found;
}

/** Where `online_backup` is written, and whether as a table. */
function sectionOf(file: TomlFile): { readonly kind: 'table' | 'value'; readonly node: AST.TOMLNode } | null {
  const whole = file.find([BACKUP])?.pair;
  if (whole) return { kind: whole.value.type === 'TOMLInlineTable' ? 'table' : 'value', node: whole };
  const table = file.tables.find((it) => startsWith(it.resolvedKey, [BACKUP]));
  if (table) return { kind: table.kind === 'array' ? 'value' : 'table', node: table };
  const dotted = file.pairs.find(({ path }) => path[0] === BACKUP && path.length > 1)?.pair;
  return dotted ? { kind: 'table', node: dotted } : null;
}

const LDAP: KeyPath = ['ldapbindaddress'];

/** The address, or the list that files of version 2 may have. */
function checkLdapAddresses(file: TomlFile, where: Place): readonly ConfigProblem[] {
  const value = file.find(LDAP)?.pair.value;
  if (!value) return [];
  const values = value.type === 'TOMLArray' ? value.elements : [value];
  return values.flatMap((node): ConfigProblem[] => {
    const text = textOf(node);
    const place = { ...where, ...startOf(node), field: 'ldapbindaddress' };
    // Of what is no text kanidmd itself complains, in a copy too.
    if (text === null || readSocketAddress(text) !== null) return [];
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    return [
      error(
        'ldapbindaddress-not-address',
        place,
        `"${shown}" is not IP:PORT; kanidmd takes no name here and does not start.`,
        'Write an address, such as 0.0.0.0:636 or [::]:636.',
      ),
    ];
  });
}

const textOf = (node: AST.TOMLNode): string | null =>
  node.type === 'TOMLValue' && node.kind === 'string' ? node.value : null;

const booleanIn = (node: AST.TOMLNode): boolean | null =>
  node.type === 'TOMLValue' && node.kind === 'boolean' ? node.value : null;
