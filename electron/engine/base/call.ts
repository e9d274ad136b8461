/** How long a call may take, and how to stop it. */
export interface Call {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}
