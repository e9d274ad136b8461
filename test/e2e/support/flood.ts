import type { Machine } from '../../../practice/host/machine';

/** So often a second lines are written. */
const TURNS = 50;

/**
 * A server logs that many lines a second for so many seconds: `flood line N of M`.
 * @returns how long it took, milliseconds: a machine that is busy is slower.
 */
export async function floods(machine: Machine, rate: number, seconds: number): Promise<number> {
  const began = performance.now();
  const [all, once] = [rate * seconds, rate / TURNS];
  for (let first = 0; first < all; first += once) {
    const due = began + (first / rate) * 1000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    machine.print(Array.from({ length: once }, (_, n) => line(first + n, all)));
  }
  return performance.now() - began;
}

const line = (n: number, all: number): string =>
  `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000 INFO     ｉ [info]: flood line ${n} of ${all}`;
