/**
 * Loaded before Electron's own downloader: an address that does not answer costs 20 s, not minutes, and the error says
 * why (`fetch failed` alone does not).
 */
const LIMIT_MS = 20_000;

const plainFetch = globalThis.fetch;

/** @type {typeof fetch} */
const limitedFetch = async (input, init) => {
  const host = new URL(input instanceof Request ? input.url : input).host;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LIMIT_MS);
  try {
    return await plainFetch(input, { ...init, signal: limit.signal });
  } catch (error) {
    if (limit.signal.aborted) throw new Error(`${host} did not answer within ${LIMIT_MS / 1000} s`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${host}: ${cause instanceof Error ? cause.message : String(cause)}`);
  } finally {
    clearTimeout(timer);
  }
};

globalThis.fetch = limitedFetch;
