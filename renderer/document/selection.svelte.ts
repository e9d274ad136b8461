/** What is selected on the canvas, in the list and in the tables: servers, or one link. */
export class Selection {
  /** Server ids in the order they were selected. */
  servers = $state.raw<readonly string[]>([]);
  /** A link's key, `linkKey`. */
  link = $state.raw<string | null>(null);

  server(id: string, more = false): void {
    if (!more) this.servers = [id];
    else if (this.servers.includes(id)) this.servers = this.servers.filter((other) => other !== id);
    else this.servers = [...this.servers, id];
    this.link = null;
  }

  selectLink(key: string): void {
    this.servers = [];
    this.link = key;
  }

  /** Takes what is selected elsewhere; servers selected before keep their places in the order. A link alone, or servers. */
  take(servers: readonly string[], link: string | null): void {
    const kept = this.servers.filter((id) => servers.includes(id));
    const next = [...kept, ...servers.filter((id) => !kept.includes(id))];
    if (next.join() !== this.servers.join()) this.servers = next;
    const alone = next.length === 0 ? link : null;
    if (alone !== this.link) this.link = alone;
  }

  clear(): void {
    this.servers = [];
    this.link = null;
  }
}

/** Names a link: there is at most one per pair of servers. */
export const linkKey = (link: { readonly supplier: string; readonly consumer: string }): string =>
  `${link.supplier}→${link.consumer}`;
