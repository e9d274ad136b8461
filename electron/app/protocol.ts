import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { CONTENT_SECURITY_POLICY } from './security';

/** The window's own address. A scheme of our own has an origin, which `file:` has not, and serves one folder only. */
export const WINDOW_URL = 'app://kanilink/index.html';

/** Says Chromium, before the app is ready, that `app:` behaves like `https:`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/**
 * Serves `app://kanilink/…` from one folder and nothing else.
 *
 * @param folder the built renderer
 */
export function serveWindow(session: Session, folder: string): void {
  session.protocol.handle('app', ({ url }) => answerTo(folder, url));
}

async function answerTo(folder: string, url: string): Promise<Response> {
  const file = fileFor(folder, url);
  if (file === null) return new Response('Not found', { status: 404 });
  try {
    return new Response(new Uint8Array(await readFile(file)), {
      headers: {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
      },
    });
  } catch {
    return new Response('Not found', { status: 404 });
  }
}

/**
 * The file an address stands for, or null when it is another host's or lies outside the folder. `URL` has resolved plain
 * `..` already; encoded ones and backslashes are left, hence the check of the result.
 */
export function fileFor(folder: string, url: string): string | null {
  if (!isOurs(url)) return null;
  const path = decode(new URL(url).pathname);
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const file = join(folder, path === '/' ? 'index.html' : path);
  return file.startsWith(folder + sep) ? file : null;
}

/** Is this an address of our own window? */
export function isOurs(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === 'app:' && host === 'kanilink';
}

/** Null: not valid percent encoding. */
function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
