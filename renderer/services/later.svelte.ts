import type { Component } from 'svelte';

/** A part of the window that is not in what a start loads. Once it is there, it is drawn at once like any other. */
export class Later {
  /** What draws it; null: it is not loaded. */
  Body = $state.raw<Component | null>(null);
  #loading: Promise<void> | null = null;

  /**
   * @param name of it, for a person: the subject of a sentence
   * @param read of an `import()`
   */
  constructor(
    private readonly name: string,
    private readonly read: () => Promise<{ readonly default: Component }>,
  ) {}

  /**
   * Loads it, once; one that failed is tried again.
   * @throws when it cannot be loaded, in words for a person
   */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<void> {
    try {
      this.Body = (await this.read()).default;
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
