import { withinLimit } from '../base/signals';

/** Where messages are sent: an address, and what may be said of it. */
export interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Scheme, host and port. The rest may hold a secret and is never printed. */
  readonly shown: string;
}

/** What became of a message: `again`, a later try may succeed; `refused`, no try will. */
export type Posted = { readonly kind: 'sent' } | { readonly kind: 'again' | 'refused'; readonly why: string };

/** Sends one message. */
export type Post = (target: Target, body: string, signal: AbortSignal) => Promise<Posted>;

const LIMIT_MS = 15_000;

/** An address of HTTP; a name and password in it are sent as such. @returns null when it is not an address. */
export function targetOf(text: string): Target | null {
  if (text.length > 4096 || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  const headers = login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  [url.username, url.password, url.hash] = ['', '', ''];
  return { url, headers, shown: url.origin };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Sends JSON; waits 15 s at most, follows no redirect, reads nothing of the answer but its status. */
export const postJson: Post = async ({ url, headers }, body, signal) => {
  try {
    const response = await withinLimit({ signal, timeoutMs: LIMIT_MS }, (limit) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        redirect: 'manual',
        signal: limit,
      }),
    );
    await response.body?.cancel();
    const { status } = response;
    if (status >= 200 && status < 300) return { kind: 'sent' };
    const why =
      status >= 300 && status < 400
        ? `it answered ${status}, and redirects are not followed`
        : `it answered ${status}`;
    const passing = status === 408 || status === 429 || status >= 500;
    return { kind: passing ? 'again' : 'refused', why };
  } catch (cause) {
    return { kind: 'again', why: wordsOf(cause) };
  }
};

/** Never the address: an error's own text may hold it. */
function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it could not be reached';
  if (cause.name === 'AbortError') return `it did not answer within ${LIMIT_MS / 1000} s`;
  const { cause: inner } = cause;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : cause.name;
  return `it could not be reached (${code})`;
}
