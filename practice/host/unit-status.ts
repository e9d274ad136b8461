/** systemd's words for where a unit is (`systemctl --state=help`). */
export type ActiveState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';

/** Why a unit is where it is (systemd's `Result`). */
export type UnitResult = 'success' | 'exit-code' | 'signal' | 'timeout' | 'protocol';

/** How the main process ended last: SIGCHLD's code (1 exited, 2 killed) and status. */
export interface MainExit {
  readonly code: 0 | 1 | 2;
  readonly status: number;
}

export interface UnitStatus {
  readonly active: ActiveState;
  readonly sub: 'dead' | 'start' | 'running' | 'stop-sigterm' | 'stop-sigkill' | 'failed';
  readonly result: UnitResult;
  /** 0: none. */
  readonly mainPid: number;
  /** Microseconds since boot; 0: never started. */
  readonly startedMonotonic: number;
  /** Microseconds since the epoch; 0: never started, or still running. */
  readonly startedRealtime: number;
  readonly stoppedRealtime: number;
  readonly lastExit: MainExit;
  readonly invocationId: string;
}

/** A unit of a machine that has just booted. */
export const NEVER_STARTED: UnitStatus = {
  active: 'inactive',
  sub: 'dead',
  result: 'success',
  mainPid: 0,
  startedMonotonic: 0,
  startedRealtime: 0,
  stoppedRealtime: 0,
  lastExit: { code: 0, status: 0 },
  invocationId: '',
};
