import type { Result } from '../../shared/base/result';

/** The value, or a failed test that says what the fault was. */
export function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, message, detail = '' } = result.error;
  throw new Error(`${code}: ${message}\n${detail}`);
}

/** The fault, or a failed test that says what came instead. */
export function fault(result: Result<unknown>) {
  if (!result.ok) return result.error;
  throw new Error(`no fault: ${JSON.stringify(result.value)}`);
}
