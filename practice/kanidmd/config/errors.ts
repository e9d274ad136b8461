import { findPositions } from './positions';
import type { Version } from '../versions';

/** What a strict reader found wrong, in the words of Kanidm's TOML library. */
export interface ConfigError {
  message: string;
  /** The keys printed with it, outermost first. Inside partner tables only `replication` is known to it. */
  keys: readonly string[];
  /** Where to point: at a key, at a value, or at the header of a table. */
  at: { path: readonly string[]; kind: 'header' | 'key' | 'value' } | { start: number; end: number };
  /** A file that is not TOML at all is refused one step earlier, while looking for `version`. */
  stage: 'version' | 'whole';
}

/**
 * The lines on stderr for a refused file, recorded in cfg-*.log. **The whole file is in the message**, as with the
 * real program.
 */
export function errorLines(path: string, text: string, error: ConfigError, version: Version): string[] {
  const what = error.stage === 'version' && version.shape === 'modern' ? 'config version' : 'config';
  const detail = version.shape === 'modern' ? modernDetail(text, error) : earlyDetail(text, error);
  const first = `Unable to parse ${what} from '"${path}"': ${detail}`;
  if (version.shape === 'modern')
    return [first, `ERROR: Configuration Parse Failure: Custom { kind: InvalidData, error: ${detail} }`];
  return [first, ...missingLines, 'Failed to parse configuration, server cannot start!'];
}

/** Releases of 2024 go on with an empty configuration and complain of each missing field. */
const missingLines = ['domain', 'origin', 'db_path', 'tls_chain', 'tls_key'].map(
  (field) => `❌ '${field}' field in server configuration is not set, server cannot start!`,
);

function modernDetail(text: string, error: ConfigError): string {
  const span = place(text, error);
  const keys = error.keys.map(debugString).join(', ');
  const where = span ? `Some(${span.start}..${span.end})` : 'None';
  const input = `Some(${debugString(text)})`;
  return `Error { message: ${debugString(error.message)}, input: ${input}, keys: [${keys}], span: ${where} }`;
}

function earlyDetail(text: string, error: ConfigError): string {
  const span = place(text, error);
  const line = span ? `Some(${span.line})` : 'None';
  const at = span ? `Some(${span.start})` : 'None';
  const col = span ? span.start - Buffer.from(text).lastIndexOf(0x0a, Math.max(span.start - 1, 0)) - 1 : 0;
  const keys = error.keys.map(debugString).join(', ');
  return (
    `Error { inner: ErrorInner { kind: Custom, line: ${line}, col: ${Math.max(col, 0)}, at: ${at}, ` +
    `message: ${debugString(error.message)}, key: [${keys}] } }`
  );
}

function place(text: string, error: ConfigError): { start: number; end: number; line: number } | undefined {
  const at = error.at;
  if ('start' in at) {
    const line = Buffer.from(text).subarray(0, at.start).toString().split('\n').length - 1;
    return { ...at, line };
  }
  return findPositions(text).find(
    (position) => position.kind === at.kind && position.path.join('\0') === at.path.join('\0'),
  );
}

/** A string as Rust's debug format prints it. */
export function debugString(text: string): string {
  const escapes: Record<string, string> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '"': '\\"',
    '\\': '\\\\',
    '\0': '\\0',
  };
  return `"${text.replace(/[\n\r\t"\\\0]/g, (found) => escapes[found] ?? found)}"`;
}
