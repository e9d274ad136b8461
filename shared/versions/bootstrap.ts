/** A warning or an error that kanidmd prints when it makes its first database, and that means nothing there. */
interface BootstrapLine {
  /** The message, without level and tree. */
  readonly says: RegExp;
  /** The recording that has it, of each version in which it was seen: `test/recorded/kanidmd-VERSION/`. */
  readonly seen: Readonly<Record<string, string>>;
  /** It proves that a database was made. The others prove nothing by themselves: without this one they are trouble. */
  readonly sign?: true;
}

const BOTH = {
  '1.10.5': 'log-b-before-refresh.log',
  '1.11.1': 'log-b-before-refresh.log',
} as const;

/**
 * What a server says that makes its first database, as recorded. Only within such a start it is no trouble: the same
 * words of a server that had a database would say that it is gone.
 */
export const bootstrapLines: readonly BootstrapLine[] = [
  { says: /^Domain level has been bootstrapped to \d+$/, seen: BOTH, sign: true },
  { says: /^Domain patch level has been raised to \d+$/, seen: BOTH },
  { says: /^SQLite Error \| .*Some\("no such table: id2entry"\)/, seen: BOTH },
  { says: /^plugin_domain: Applying domain version transform$/, seen: BOTH },
  { says: /^delete: no candidates match filter$/, seen: BOTH },
];

/**
 * What a warning or an error has to do with making a first database.
 * @returns `sign`: it says so; `part`: it belongs to it, where there is a sign; null: nothing.
 */
export function bootstrapOf(message: string): 'sign' | 'part' | null {
  const known = bootstrapLines.find(({ says }) => says.test(message.trim()));
  return known === undefined ? null : known.sign === true ? 'sign' : 'part';
}
