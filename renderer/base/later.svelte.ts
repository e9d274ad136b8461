/** A part of the window that is not in what a start loads. Once it is there, it is used at once like any other. */
export class Later<T> {
  /** Null: it is not loaded. */
  loaded = $state.raw<T | null>(null);
  #loading: Promise<T> | null = null;

  /**
   * @param name of it, for a person: the subject of a sentence
   * @param read of an `import()`
   */
  constructor(
    private readonly name: string,
    private readonly read: () => Promise<T>,
  ) {}

  /**
   * Loads it, once; one that failed is tried again.
   * @throws when it cannot be loaded, in words for a person
   */
  load(): Promise<T> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<T> {
    try {
      this.loaded = await this.read();
      return this.loaded;
    } catch (cause) {
      this.#loading = null;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `${this.name} could not be loaded: ${why}. Start Kanilink again: what is not saved is offered then. If it fails again, install Kanilink again.`,
        { cause },
      );
    }
  }
}
