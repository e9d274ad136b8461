import { expect, it } from 'vitest';
import type { ServerConnection } from '../../../electron/engine/connect/connection';
import { HeadReader } from '../../../electron/engine/ruv/head-reader';
import { fault, value } from '../../support/results';
import { call, until } from '../../ssh/sshd';
import type { Seat } from './seat';

const MOST = 100_000;
/** A program on Docker prints on when nobody reads any more: a gigabyte takes it seconds. Milliseconds. */
const ENDS_WITHIN_MS = 45_000;

/** What holds of the first bytes that kanidmd prints, whatever the way. */
export function headHolds(
  seat: () => Seat,
  server: () => ServerConnection,
  told: () => ServerConnection,
): void {
  it('gives the head of a backup, and leaves nothing', async () => {
    const { hands, data } = seat();
    await backupHeadComes(server(), () => hands.list(data));
  });

  it('gives the head and no more of what is endless, ends the program, and goes on', async () => {
    const mark = `mark-${Date.now()}-${Math.random()}`;
    const before = seat().hands.list(seat().data);
    const bounded = await headOf(told(), ['flood', mark], { maxBytes: MOST });
    expect(bounded.output).toMatchObject({ exitCode: null, stdout: '', stderr: '', cut: true });
    expect(bounded.bytes).toEqual(Buffer.alloc(MOST, 'f'));
    const enough = await headOf(told(), ['flood', mark], { enough: 10 });
    expect(enough.output.cut).toBe(true);
    expect(enough.bytes.length).toBeLessThan(8 * 1024 * 1024);
    const all = await Promise.all([1, 2, 3].map(() => headOf(told(), ['flood', mark], { maxBytes: 10 })));
    expect(all.map(({ bytes }) => bytes.toString())).toEqual(Array(3).fill('f'.repeat(10)));
    await until(
      () => seat().running(mark) === 0,
      () => `${seat().running(mark)} programs go on that nobody hears`,
      ENDS_WITHIN_MS,
    );
    expect(seat().hands.list(seat().data)).toEqual(before);
    expect(value(await told().kanidmd(['fails'], call(20_000))).exitCode).toBe(7);
  });

  it('gives the head as bytes, and says how a program failed that printed one', async () => {
    const raw = await headOf(told(), ['bytes']);
    expect([...raw.bytes]).toEqual([97, 255, 98]);
    expect(raw.output).toEqual({ exitCode: 0, stdout: '', stderr: '', cut: false });
    const failed = await headOf(told(), ['fails']);
    expect(failed.bytes.toString()).toBe('out');
    expect(failed.output).toEqual({ exitCode: 7, stdout: '', stderr: 'err', cut: false });
  });

  it('gives the head up in words: out of time, cancelled, the way broken', async () => {
    const ask = (limit: { readonly signal: AbortSignal; readonly timeoutMs: number }) =>
      told().kanidmdHead(['hang'], { ...limit, maxBytes: MOST, take: () => false });
    expect(fault(await ask(call(500)))).toMatchObject({
      ...{ code: 'timed-out', message: expect.stringMatching(/./), fix: expect.stringMatching(/./) },
    });
    const stop = new AbortController();
    const hanging = ask({ signal: stop.signal, timeoutMs: 60_000 });
    setImmediate(() => stop.abort());
    expect(fault(await hanging).code).toBe('cancelled');
    const broken = ask(call(30_000));
    value(await told().kanidmd(['fails'], call(20_000)));
    seat().cut();
    expect(fault(await broken).code).toBe('connection-lost');
    expect((await headOf(told(), ['bytes'])).bytes).toHaveLength(3);
  });
}

/** Asks a practice server for a backup: whole, and cut at its first bytes. @param list the folder of its database */
export async function backupHeadComes(
  server: ServerConnection,
  list: () => readonly string[],
): Promise<void> {
  const before = list();
  const reader = new HeadReader();
  const asked = { ...call(30_000), maxBytes: MOST * 10, take: (bytes: Uint8Array) => reader.take(bytes) };
  const output = value(await server.kanidmdHead(['scripting', 'backup'], asked));
  expect(output).toMatchObject({ stdout: '' });
  expect(await reader.end()).toMatchObject({ result: 'read' });
  const { output: cut, bytes } = await headOf(server, ['scripting', 'backup'], { maxBytes: 2 });
  expect(cut).toMatchObject({ exitCode: null, stdout: '', cut: true });
  // RFC 1952, 2.3.1: it is packed.
  expect([...bytes]).toEqual([0x1f, 0x8b]);
  expect(list()).toEqual(before);
}

/** @param enough so many bytes are. */
async function headOf(
  server: ServerConnection,
  args: readonly string[],
  { maxBytes = MOST, enough = Infinity }: { readonly maxBytes?: number; readonly enough?: number } = {},
) {
  const taken: Uint8Array[] = [];
  const size = () => taken.reduce((sum, { length }) => sum + length, 0);
  const take = (bytes: Uint8Array) => {
    taken.push(bytes);
    return size() >= enough;
  };
  const output = value(await server.kanidmdHead(args, { ...call(30_000), maxBytes, take }));
  return { output, bytes: Buffer.concat(taken) };
}
