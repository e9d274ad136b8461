import type { App, Session } from 'electron';

/**
 * What the page may load and run: its own files. `style-src-attr` has the one inline style of xyflow's MiniMap, by its
 * hash; `data:` images are the small icons vite inlines. No `connect-src`: the window speaks through its bridge only. HTML
 * is made from text by Svelte's compiled templates alone: every other way is refused by Trusted Types.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-hashes' 'sha256-tcbDxjMo+xKqM21aCGYbs/QAJqB7yUXC06oPWDapBgc='",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/** Rules for the session our window runs in. */
export function restrictSession(session: Session, log: (line: string) => void): void {
  // Electron grants every permission (camera, location, …) unless told otherwise. The window needs none:
  // the clipboard is written by the app.
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log(`permission refused: ${permission}`);
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Nothing the window shows comes from a network; what tries to is a mistake or an attack.
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const cancel = !LOCAL.some((scheme) => url.startsWith(scheme));
    if (cancel) log(`request refused: ${url.slice(0, 200)}`);
    answer({ cancel });
  });
}

const LOCAL = ['app://kanilink/', 'data:', 'blob:', 'devtools://'];

/** Rules for every page there may ever be, ours and any other that something manages to open. */
export function restrictContents(app: App, log: (line: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    // The window is one page; leaving it would hand its bridge to a stranger. A reload is not a navigation elsewhere.
    contents.on('will-navigate', (event) => {
      if (event.url === contents.getURL()) return;
      log(`navigation refused: ${event.url.slice(0, 200)}`);
      event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    // A new window would come without our restrictions.
    contents.setWindowOpenHandler(({ url }) => {
      log(`new window refused: ${url.slice(0, 200)}`);
      return { action: 'deny' };
    });
    // A webview could switch Node integration on.
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
