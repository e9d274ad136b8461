/**
 * Whether an HTTPS origin is neither `domain` nor a name below it: kanidmd then does not start (source 1.2.0 to 1.11.1; measured
 * on 1.11.1).
 * @param origin a URL, as in `server.toml`; null: not known.
 * @returns false, too, where it cannot be judged: it is no URL, or has letters that Kanidm writes otherwise.
 */
export function originLiesOutside(origin: string | null, domain: string): boolean {
  const host = hostOf(origin);
  const name = domain.toLowerCase();
  return host !== null && host !== name && !host.endsWith(`.${name}`);
}

function hostOf(origin: string | null): string | null {
  if (origin === null || /[^!-~]/.test(origin) || !URL.canParse(origin)) return null;
  return new URL(origin).hostname.toLowerCase() || null;
}
