import { randomUUID } from 'node:crypto';

/**
 * A key that no Kanidm has, another one for each request. Asking for it needs no session, changes nothing and leaves the
 * request's two lines in the log, no warning among them; the first names the key (`kanidm.md`, "Which server answers"). So
 * the log alone tells which server got a request, whatever a proxy does to its answer, and no answer of before fits it.
 */
export const newKey = (): string => `kanilink-${randomUUID()}`;

/** Where a key is asked for. */
export const pathOf = (key: string): string => `/v1/jwk/${key}`;

/** The key that a request asked for, by the `uri` of its line in the log; null: it asked for none. HTTP/2 names the host, too. */
export const keyIn = (uri: string): string | null =>
  /^(?:https?:\/\/[^/]*)?\/v1\/jwk\/(kanilink-[0-9a-f-]{36})$/.exec(uri)?.[1] ?? null;
