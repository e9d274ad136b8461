/** Says once that something fails, however often it is tried, and once that it works again. */
export class SaidOnce {
  private failing = false;

  constructor(private readonly say: (text: string) => void) {}

  /** @param text said unless it failed before, too. */
  failed(text: string): void {
    if (!this.failing) this.say(text);
    this.failing = true;
  }

  /** @param text said when it failed before. */
  worked(text: string): void {
    if (this.failing) this.say(text);
    this.failing = false;
  }
}
