import { PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { expect, it } from 'vitest';
import { ok } from '../../../../../shared/base/result';
import { Stopped, timedOut } from '../../common/limits';
import { Program } from '../session/program';
import type { SshSession } from '../session/session';
import { readBefore } from './logs-before';

const where = { server: 'a', endpoint: 'ssh' };
const NOW = 1_795_451_507_000_000;

const entry = (n: number, time = NOW - n) =>
  `${JSON.stringify({ __CURSOR: `c${n}`, __REALTIME_TIMESTAMP: String(time), MESSAGE: `line ${n}` })}\n`;

/** A server whose journalctl prints this, and ends unless it `hangs`. */
function journal(printed: string, hangs = false) {
  const start = (argv: readonly string[]) => {
    const stream = new PassThrough();
    const channel = Object.assign(stream, {
      stderr: new PassThrough(),
      signal: () => undefined,
      close: () => stream.destroy(),
    }) as unknown as ClientChannel;
    const program = new Program(channel);
    setImmediate(() => {
      const isRead = argv.includes('--reverse');
      if (isRead) stream.write(printed);
      if (isRead && hangs) return;
      program.exitCode = 0;
      stream.resume().end();
    });
    return Promise.resolve(ok(program));
  };
  const session = { start, ended: new AbortController().signal } as unknown as SshSession;
  return {
    ...{ where: where, unit: 'kanidmd.service', prefix: [], backoff: [] },
    session: () => Promise.resolve(ok(session)),
  };
}
const never = new AbortController().signal;
const bound = { lines: 20, characters: 100_000 };

it('what is no entry takes room too, however much of it comes', async () => {
  const read = await readBefore(journal('x\n'.repeat(200_000)), NOW, bound, never);
  expect(read).toMatchObject({ ok: true, value: { from: null, items: [{ kind: 'gap' }] } });
  const mixed = Array.from({ length: 100 }, (_, n) => `${entry(n)}x\ny\n`).join('');
  const part = await readBefore(journal(mixed), NOW, bound, never);
  if (!part.ok) throw new Error(part.error.message);
  expect(part.value.items).toHaveLength(20);
  expect(part.value.from).toBe(NOW - 9);
  const long = await readBefore(journal(mixed), NOW, { lines: 20, characters: 100 }, never);
  if (!long.ok) throw new Error(long.error.message);
  expect(long.value.items.length).toBeLessThan(5);
});

it('where the time runs out, has what was read until then', async () => {
  const late = new AbortController();
  const reading = readBefore(journal(entry(1) + entry(2), true), NOW, bound, late.signal);
  setTimeout(() => late.abort(new Stopped(timedOut(where, 'reading', 1))), 100);
  expect(await reading).toMatchObject({
    ok: true,
    value: { from: NOW - 2, items: [{ cursor: 'c2' }, { cursor: 'c1' }] },
  });
});

it('where the time runs out before anything was read, is a fault', async () => {
  const late = new AbortController();
  const reading = readBefore(journal('', true), NOW, bound, late.signal);
  setTimeout(() => late.abort(new Stopped(timedOut(where, 'reading', 1))), 100);
  expect(await reading).toMatchObject({ ok: false, error: { code: 'timed-out' } });
});

it('more lines of one time than there is room for are read one room after the other', async () => {
  const printed = Array.from({ length: 50 }, (_, n) => entry(n, NOW)).join('');
  const found: string[] = [];
  let held: string | undefined;
  for (let more = true, tries = 0; more && tries < 5; tries += 1) {
    const read = await readBefore(journal(printed), NOW, { ...bound, held }, never);
    if (!read.ok) throw new Error(read.error.message);
    const lines = read.value.items.flatMap((item) => (item.kind === 'line' ? [item] : []));
    found.unshift(...lines.map(({ cursor }) => cursor));
    held = lines[0]?.cursor;
    more = read.value.from !== null;
  }
  expect(found).toEqual(Array.from({ length: 50 }, (_, n) => `c${49 - n}`));
  // One that the journal no longer has leaves nothing out.
  const gone = await readBefore(journal(entry(1)), NOW, { ...bound, held: 'gone' }, never);
  expect(gone).toMatchObject({ ok: true, value: { items: [{ cursor: 'c1' }], from: null } });
});
