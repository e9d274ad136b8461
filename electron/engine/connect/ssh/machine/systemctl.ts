/**
 * What `systemctl show` prints: one `Key=value` a line. A key with several values (`EnvironmentFiles`, `ExecStart`) comes
 * once for each: they are joined by newlines.
 */
export function readProperties(text: string): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const cut = line.indexOf('=');
    if (cut <= 0) continue;
    const key = line.slice(0, cut);
    const value = line.slice(cut + 1).trim();
    const before = properties[key];
    properties[key] = before === undefined ? value : `${before}\n${value}`;
  }
  return properties;
}

/**
 * The words of the first command of an `ExecStart` property, `{ path=… ; argv[]=kanidmd server -c FILE ; ignore_errors=… }`.
 * systemd prints the words with blanks between them and no quotes, so a path with a blank cannot be told from two words.
 */
export function execArguments(execStart: string): readonly string[] {
  const command = execStart.split('\n', 1)[0] ?? '';
  const begin = command.indexOf(ARGV);
  if (begin < 0) return [];
  const rest = command.slice(begin + ARGV.length);
  // The words themselves may hold ` ; `, when they are a shell's.
  const end = rest.lastIndexOf(' ; ignore_errors=');
  return rest
    .slice(0, end < 0 ? rest.length : end)
    .split(/\s+/)
    .filter((word) => word !== '');
}

const ARGV = 'argv[]=';

/** The paths of the `EnvironmentFiles` property, one a line: `/etc/default/kanidm (ignore_errors=yes)`. */
export const environmentFiles = (property: string): readonly string[] =>
  property.split('\n').flatMap((line) => {
    const end = line.lastIndexOf(' (ignore_errors=');
    return line.startsWith('/') && end > 0 ? [line.slice(0, end)] : [];
  });

/** `kanidmd` is short for `kanidmd.service`; other kinds of unit are written out. */
export const unitName = (service: string): string =>
  /\.(service|target|socket|timer|scope|slice|mount|path)$/.test(service) ? service : `${service}.service`;

/**
 * May this be the name of a unit (systemd.unit(5))? systemctl takes anything else for a pattern, which may stand for every
 * unit there is, or for an option.
 */
export const isUnitName = (unit: string): boolean =>
  unit.length < 256 && /^[A-Za-z0-9:_.\\][A-Za-z0-9:_.\\@-]*$/.test(unit);
