import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProgressLine } from './progress-line';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const CLEAR = '\r\u001B[K';
const lineOn = (columns: number | null) => {
  const written: string[] = [];
  const place =
    columns === null ? null : { write: (text: string) => void written.push(text), columns: () => columns };
  return { line: new ProgressLine(place, () => Date.now()), written };
};
const work = (ms: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms));

it('says nothing of what is over at once', async () => {
  const { line, written } = lineOn(80);
  const result = line.during('Asks 2 servers', work(900));
  await vi.advanceTimersByTimeAsync(900);
  expect(await result).toBe('done');
  expect(written).toEqual([]);
});

it('counts seconds, and leaves nothing behind', async () => {
  const { line, written } = lineOn(80);
  const result = line.during('Asks 2 servers', work(2_500));
  await vi.advanceTimersByTimeAsync(2_500);
  await result;
  expect(written).toEqual([`${CLEAR}Asks 2 servers (1 s)`, `${CLEAR}Asks 2 servers (2 s)`, CLEAR]);
});

it('goes away before something is printed, comes back, and is never wider than the terminal', async () => {
  const { line, written } = lineOn(12);
  const result = line.during('Asks 2 servers', work(2_500));
  await vi.advanceTimersByTimeAsync(1_500);
  line.clear();
  line.clear();
  await vi.advanceTimersByTimeAsync(1_000);
  await result;
  expect(written).toEqual([`${CLEAR}Asks 2 serv`, CLEAR, `${CLEAR}Asks 2 serv`, CLEAR]);
});

it('does not write over a question', async () => {
  const { line, written } = lineOn(80);
  const result = line.during('Asks 2 servers', () => line.held(work(5_000)));
  await vi.advanceTimersByTimeAsync(5_000);
  await result;
  expect(written).toEqual([]);
});

it('is not drawn where nobody looks, and ends with work that fails', async () => {
  const { line, written } = lineOn(null);
  await expect(line.during('Asks', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(written).toEqual([]);
});
