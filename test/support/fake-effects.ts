/** Whether what was asked of a fake server (`FakeServer.asked`) changes it; a backup without a path makes no file. */
export const isEffect = (asked: string): boolean =>
  /^(start|stop|restart|replaceFile|makeFolder|scratch)\b/.test(asked) ||
  /^kanidmd (scripting backup \/|database backup|refresh-|renew-)/.test(asked);

/** What was asked of a server that changes it, in order; a path is left out. */
export const effectsOn = (server: { readonly asked: readonly string[] }): readonly string[] =>
  server.asked.filter(isEffect).map((it) => it.replace(/ [/-].*$/, ''));
