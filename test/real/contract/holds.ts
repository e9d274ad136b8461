import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import { call } from '../../ssh/sshd';
import { value } from '../../support/results';
import { filesHold } from './files';
import { headHolds } from './head';
import { logsHold } from './logs';
import { programsHold } from './programs';
import type { Seat } from './seat';

/** The tests of the seam (`connection.ts`) over one way to a server. @param take opens the way. */
export function contractHolds(take: () => Promise<Seat>): void {
  let seat: Seat;
  let server: ServerConnection;
  let told: ServerConnection;

  beforeAll(async () => {
    seat = await take();
    server = await seat.open();
    told = await seat.openTold();
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await told?.close();
    await seat?.close?.();
  });

  programsHold(
    () => seat,
    () => server,
    () => told,
  );
  headHolds(
    () => seat,
    () => server,
    () => told,
  );
  filesHold(
    () => seat,
    () => server,
  );
  logsHold(
    () => seat,
    () => told,
  );
  it('is let go when it is closed, twice if need be', async () => {
    const other = await seat.open();
    await other.close();
    await other.close();
    expect(value(await server.stat(seat.config, call(20_000)))).not.toBeNull();
  });
}
