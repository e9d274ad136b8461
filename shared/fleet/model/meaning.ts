/** What a fleet says but for where its servers are drawn, in one string: another one is another fleet to watch. */
export function meaningOf(fleet: {
  readonly servers: readonly { readonly position: unknown }[];
  readonly links: readonly unknown[];
}): string {
  return JSON.stringify({
    ...fleet,
    servers: fleet.servers.map((server) => ({ ...server, position: null })),
  });
}
