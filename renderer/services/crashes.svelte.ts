import type { Client } from '../bridge/client';

/** An exception nobody expected. */
export interface Crash {
  readonly message: string;
  /** Message and stack, for "copy details" and the log file. */
  readonly details: string;
}

/** Catches what nobody else does, shows it and writes it to the log file. */
export class Crashes {
  current = $state.raw<Crash | null>(null);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Listens for exceptions outside of any component. */
  listen(window: Window): void {
    window.addEventListener('error', (event) => {
      // Chromium reports this when an observer's work goes on in the next frame: nothing is wrong.
      if (event.message.startsWith('ResizeObserver loop')) return;
      this.report(event.error ?? event.message);
    });
    window.addEventListener('unhandledrejection', (event) => this.report(event.reason));
  }

  report(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const stack = error.stack ?? '';
    this.current = { message: error.message, details: `${error.message}\n${stack}` };
    void this.#client.ask('app.report-error', {
      message: error.message.slice(0, 10_000),
      stack: stack.slice(0, 100_000),
    });
  }

  goOn(): void {
    this.current = null;
  }
}
