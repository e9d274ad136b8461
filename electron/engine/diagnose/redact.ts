import { isIP } from 'node:net';

/** Names of settings and variables whose values nobody else may know. */
const SECRET_NAME = /pass|secret|token|credential|private|auth|cookie|api.?key|_key$|^key$/i;
/** Shorter values are words that stand everywhere; who has one as a password has none. */
const LEAST = 4;
const REMOVED = '[removed]';

const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]{1,60}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,60}-----|$)/g, REMOVED],
  // The user information of a URL that holds a password.
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"']{0,200}:[^\s/@"']{1,200}@/gi, `$1${REMOVED}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REMOVED}`],
  [
    /((?:pass(?:word|phrase|wd)?|secret|token|credential|api[_-]?key|private[_-]?key)s?["']?\s*[=:]\s*)(?:"[^"\n]*"?|'[^'\n]*'?|[^\s,;}]+)/gi,
    `$1${REMOVED}`,
  ],
  // Certificates and keys as one word.
  [/(?<![\w+/=-])[\w+/=-]{100,}/g, REMOVED],
];

/**
 * Takes secrets out of texts: the values it was made with, wherever they stand, and what looks like one by its form.
 * @param secrets texts that may not be shown; those that are too short to be one are left.
 */
export function secretRemover(secrets: Iterable<string>): (text: string) => string {
  const values = longestFirst([...secrets].filter((it) => it.trim().length >= LEAST));
  return (text) => {
    let left = text;
    for (const value of values) left = left.replaceAll(value, REMOVED);
    for (const [form, instead] of patterns) left = left.replace(form, instead);
    return left;
  };
}

/** Settings whose values are words that stand everywhere. */
const PLAIN = /^(?:type|version|(?:KANIDM_)?(?:log_level|role))$/i;
const assigned =
  /(?:(?<![\w-])([\w-]{1,100})["']?\s*=\s*)?(?:"""([\s\S]*?)"""|'''([\s\S]*?)'''|"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)')/g;

/**
 * All strings that a server.toml sets, whatever their keys are called, but for what may be shown. The file need not be one
 * that can be read.
 */
export function valuesOf(toml: string, shown: ReadonlySet<string>): readonly string[] {
  const strings = [...toml.matchAll(assigned)].flatMap((found: readonly (string | undefined)[]) => {
    const [, key = '', ...texts] = found;
    const text = texts.find((it) => it !== undefined) ?? '';
    // A text of several lines may stand in one of ours line by line.
    return PLAIN.test(key) ? [] : [text, unescaped(text), ...text.split('\n')];
  });
  return [...new Set(strings)].filter((it) => !shown.has(it));
}

/** Values of variables whose names say that they are secrets. */
export const secretVariables = (env: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && !/_SOCK$|^KANILINK_ASK$|_PATH$|_DIR$|_FILE$/.test(name) ? [value ?? ''] : [],
  );

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/**
 * Replaces addresses, each by the same word wherever it stands: `host-1`, `address-2`, `user-1`.
 * @param hosts names and addresses that are known: of endpoints, origins, certificates.
 * @param kept words that stay, though a host may be called so: the fleet's ids.
 */
export function addressReplacer(
  hosts: Iterable<string>,
  kept: ReadonlySet<string>,
): (text: string) => string {
  const words = new Map<string, string>();
  const counts = new Map<string, number>();
  const wordFor = (kind: string, of: string): string => {
    const known = words.get(`${kind} ${of}`);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    words.set(`${kind} ${of}`, `${kind}-${count}`);
    return `${kind}-${count}`;
  };
  const names = longestFirst(
    [...new Set([...hosts].map((it) => it.toLowerCase()))].filter(
      (it) => it !== '' && !kept.has(it) && !isLocal(it),
    ),
  );
  for (const name of names) if (!isIP(name)) wordFor('host', name);
  const known =
    names.length === 0
      ? null
      : new RegExp(`(?<![\\w.-])(?:[\\w-]+\\.)*(?:${names.map(quoted).join('|')})(?![\\w-]|\\.\\w)`, 'gi');
  return (text) => {
    const users = text.replace(
      /(?<=\/\/|\s|^)([\w.-]{1,64})@(?=[\w.[-])/g,
      (_, user: string) => `${wordFor('user', user)}@`,
    );
    const named =
      known === null
        ? users
        : users.replace(known, (host) =>
            isIP(host) ? wordFor('address', host) : wordFor('host', host.toLowerCase()),
          );
    return named
      .replace(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)/g, (address) =>
        isLocal(address) || isIP(address) === 0 ? address : wordFor('address', address),
      )
      .replace(/(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%\w+)?(?![\w:.])/gi, (address) =>
        isIP(address) !== 6 || isLocal(address) ? address : wordFor('address', address.toLowerCase()),
      );
  };
}

const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '::' || host === '0.0.0.0' || /^127\./.test(host);

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const longestFirst = (texts: readonly string[]): string[] =>
  [...new Set(texts)].sort((a, b) => b.length - a.length);
