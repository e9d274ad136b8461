/** The same trouble is counted again no sooner, in milliseconds: a log that tears each second is one trouble a minute. */
const AGAIN_MS = 60_000;

/** What was lost of a server's log. */
export class LogTrouble {
  newest: { readonly message: string; readonly fix: string; readonly times: number } | null = null;
  private toldAt = -Infinity;

  /**
   * @param at milliseconds, the monotonic clock.
   * @returns whether it is news.
   */
  add(message: string, fix: string, at: number): boolean {
    if (this.newest?.message === message && at - this.toldAt < AGAIN_MS) return false;
    this.newest = { message, fix, times: (this.newest?.times ?? 0) + 1 };
    this.toldAt = at;
    return true;
  }
}
