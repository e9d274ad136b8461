/** Where signals come from: the process. */
export interface Interruptible {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
}

/**
 * Ctrl-C and its like: the first cancels what runs, cleanly; the second quits at once.
 * @param say tells the person.
 * @param quit ends the process with this exit code.
 */
export function cancelOnInterrupt(
  source: Interruptible,
  say: (text: string) => void,
  quit: (code: number) => void,
): AbortSignal {
  const cancel = new AbortController();
  const codes = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;
  for (const [name, code] of codes)
    source.on(name, () => {
      if (cancel.signal.aborted) {
        quit(code);
        return;
      }
      if (name === 'SIGINT') say('Cancelling; Ctrl-C again quits at once.');
      cancel.abort();
    });
  return cancel.signal;
}
