import { type ConfigError, debugString } from './errors';

/** A TOML table read strictly: each accessor refuses a value of another type, at its place. */
export class Reader {
  constructor(
    private readonly from: Readonly<Record<string, unknown>>,
    private readonly path: readonly string[],
  ) {}
  keys = () => Object.keys(this.from);
  value = (key: string) => this.from[key];
  text(key: string): string | undefined {
    const value = this.from[key];
    return value === undefined || typeof value === 'string' ? value : this.wrong(key, 'a string');
  }
  boolean(key: string): boolean | undefined {
    const value = this.from[key];
    return value === undefined || typeof value === 'boolean' ? value : this.wrong(key, 'a boolean');
  }
  number(key: string): number | undefined {
    const value = this.from[key];
    if (value === undefined) return undefined;
    return typeof value === 'number' && Number.isInteger(value) && value >= 0
      ? value
      : this.wrong(key, 'u64');
  }
  addresses(key: string): string | undefined {
    const value = this.from[key];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
    return this.text(key);
  }
  table(key: string): Reader | undefined {
    const value = this.from[key];
    if (value === undefined) return undefined;
    return isTable(value) ? new Reader(value, [...this.path, key]) : this.wrong(key, `struct ${key}`);
  }
  private wrong(key: string, expected: string): never {
    const path = [...this.path, key];
    return refuse(wrongType(this.from[key], expected), path, { path, kind: 'value' });
  }
}

/** The first thing wrong with a file; caught where the reading began. */
export class Refusal extends Error {
  constructor(readonly why: ConfigError) {
    super(why.message);
  }
}

/**
 * Ends the reading of a file.
 * @param keys the path to what is wrong.
 * @throws Refusal always.
 */
export function refuse(message: string, keys: readonly string[], at: ConfigError['at']): never {
  throw new Refusal({ message, keys, at, stage: 'whole' });
}

/** The same of `[replication]` as a whole. */
export function inReplication(message: string): never {
  return refuse(message, ['replication'], { path: ['replication'], kind: 'header' });
}

/** serde’s words for a key that it does not know. */
export function unknownField(key: string, known: readonly string[]): string {
  return `unknown field \`${key}\`, expected one of ${known.map((one) => `\`${one}\``).join(', ')}`;
}

/**
 * serde’s words for a value of another type.
 * @param expected serde’s name of the type: `u64`.
 */
export function wrongType(value: unknown, expected: string): string {
  const negative = typeof value === 'number' && value < 0 && expected === 'u64';
  if (negative) return `invalid value: integer \`${String(value)}\`, expected u64`;
  return `invalid type: ${describe(value)}, expected ${expected}`;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `string ${debugString(value)}`;
  if (typeof value === 'boolean') return `boolean \`${String(value)}\``;
  if (typeof value === 'number')
    return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${String(value)}\``;
  return Array.isArray(value) ? 'sequence' : 'map';
}

/** Is it a table of TOML, and neither a list nor a date? */
export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
