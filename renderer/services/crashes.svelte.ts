import type { IpcClient } from '../bridge/ipc-client';

/** An exception nobody expected. */
export interface Crash {
  readonly message: string;
  /** Message and stack, for "copy details" and the log file. */
  readonly details: string;
}

/** Catches what nobody else does, shows it and writes it to the log file. */
export class Crashes {
  current = $state.raw<Crash | null>(null);
  /** What draws the parts that failed afresh. */
  #failed: readonly (() => void)[] = [];
  readonly #client: IpcClient;

  constructor(client: IpcClient) {
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

  /** @param afresh draws the part of the window afresh that failed by it; once, when the person goes on */
  report(cause: unknown, afresh?: () => void): void {
    if (afresh !== undefined) this.#failed = [...this.#failed, afresh];
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const stack = error.stack ?? '';
    this.current = { message: error.message, details: `${error.message}\n${stack}` };
    void this.#client.ask('app.report-error', {
      message: error.message.slice(0, 10_000),
      stack: stack.slice(0, 100_000),
    });
  }

  /** The person has read it. A part that fails again says so again. */
  goOn(): void {
    const failed = this.#failed;
    this.current = null;
    this.#failed = [];
    for (const afresh of failed) afresh();
  }
}
