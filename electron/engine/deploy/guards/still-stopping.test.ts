import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ServiceState } from '../../../../shared/observed/observed';
import { ok } from '../../../../shared/base/result';
import type { ServerConnection } from '../../connect/connection';
import { sayIfStillStopping, STILL_STOPPING } from './still-stopping';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server whose manager says this of it. */
const in_ = (state: ServiceState['state']) => {
  const asked = vi.fn(async () => ok<ServiceState>({ state, detail: state }));
  return { asked, connection: { service: { state: asked } } as unknown as ServerConnection };
};

it('a slow restart is told to be stopping while the old process is', async () => {
  const said: string[] = [];
  const end = sayIfStillStopping(in_('stopping').connection, (text) => said.push(text));
  await vi.advanceTimersByTimeAsync(7_000);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(said).toEqual([STILL_STOPPING]);
  end();
});

it.each(['running', 'starting', 'failed', 'stopped'] as const)(
  'a slow restart of a server that is %s is not',
  async (state) => {
    const said: string[] = [];
    const end = sayIfStillStopping(in_(state).connection, (text) => said.push(text));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
    end();
  },
);

it('nothing is asked or said once the restart was answered', async () => {
  const said: string[] = [];
  const { asked, connection } = in_('stopping');
  sayIfStillStopping(connection, (text) => said.push(text))();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).not.toHaveBeenCalled();
  const end = sayIfStillStopping(connection, (text) => said.push(text));
  vi.advanceTimersByTime(8_000);
  end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual([]);
});
