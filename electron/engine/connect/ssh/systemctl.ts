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
 * The words of the first command of an `ExecStart` property, `{ path=… ; argv[]=kanidmd server -c FILE ; … }`. systemd
 * prints the words with blanks between them and no quotes, so a path with a blank cannot be told from two words.
 */
export function execArguments(execStart: string): readonly string[] {
  const argv = /argv\[\]=(.*?) ; /.exec(`${execStart} ; `)?.[1] ?? '';
  return argv.split(/\s+/).filter((word) => word !== '');
}

/** The value of `-c`, `--config` or `--config-path` among a kanidmd's arguments; null: none. */
export function configArgument(argv: readonly string[]): string | null {
  for (const [index, word] of argv.entries()) {
    if (word === '-c' || word === '--config' || word === '--config-path') return argv[index + 1] ?? null;
    const joined = /^(?:-c=?|--config(?:-path)?=)(.+)$/.exec(word)?.[1];
    if (joined !== undefined) return joined;
  }
  return null;
}

/** The `Environment` property: assignments with blanks between them, quoted where a value needs it. */
export function readEnvironment(property: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const match of property.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)) {
    const word = match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/g, '$1');
    const cut = word.indexOf('=');
    if (cut > 0) variables[word.slice(0, cut)] = word.slice(cut + 1);
  }
  return variables;
}

/** The paths of the `EnvironmentFiles` property: `/etc/default/kanidmd (ignore_errors=yes)`. */
export const environmentFiles = (property: string): readonly string[] =>
  [...property.matchAll(/(\/.*?) \(ignore_errors=(?:yes|no)\)/g)].flatMap((match) => match[1] ?? []);

/** An environment file (systemd.exec(5)): assignments, a line each, `#` and `;` comments, values may be quoted. */
export function readEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (!match?.[1]) continue;
    const value = (match[2] ?? '').trim();
    const quoted = /^(["'])(.*)\1$/.exec(value);
    variables[match[1]] = quoted?.[2] ?? value;
  }
  return variables;
}

/** `kanidmd` is short for `kanidmd.service`; other kinds of unit are written out. */
export const unitName = (service: string): string =>
  /\.(service|target|socket|timer|scope|slice|mount|path)$/.test(service) ? service : `${service}.service`;

/**
 * May this be the name of a unit (systemd.unit(5))? systemctl takes anything else for a pattern, which may stand for every
 * unit there is, or for an option.
 */
export const isUnitName = (unit: string): boolean =>
  unit.length < 256 && /^[A-Za-z0-9:_.\\][A-Za-z0-9:_.\\@-]*$/.test(unit);
