import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../../electron/engine/base/batches';
import type { LogItem, ServerConnection } from '../../../electron/engine/connect/connection';
import { CUT_MARK, KEPT_LINE } from '../../../electron/engine/connect/common/kept-line';
import { value } from '../../support/results';
import { call, until } from '../../ssh/sshd';
import { missing } from './support/engine';
import { type Rig, startRig } from './support/rig';

/** Prints `line N` twenty times a second, on both streams in turn. */
const TICKING = `let n = 0;
setInterval(() => { n++; (n % 2 ? process.stdout : process.stderr).write('line ' + n + '\\n'); }, 50);
process.on('SIGTERM', () => process.exit(0));`;

describe.skipIf(missing !== null)('a container’s log', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig?.close());

  /** Follows into a list until stopped. */
  const follow = (connection: ServerConnection, from: Parameters<ServerConnection['logs']>[0]) => {
    const items: LogItem[] = [];
    const stop = new AbortController();
    const done = (async () => {
      for await (const item of each(connection.logs(from, { follow: true, signal: stop.signal })))
        items.push(item);
    })();
    const lines = () => items.flatMap((item) => (item.kind === 'line' ? [item] : []));
    const others = () => items.filter((item) => item.kind !== 'line');
    return {
      lines,
      others,
      end: async () => {
        stop.abort();
        await done;
      },
      /** Ends by itself. */
      done,
    };
  };
  const readAll = async (connection: ServerConnection, from: Parameters<ServerConnection['logs']>[0]) => {
    const items: LogItem[] = [];
    for await (const item of each(connection.logs(from, { follow: false, signal: call().signal })))
      items.push(item);
    return items;
  };
  const texts = (items: readonly LogItem[]) =>
    items.flatMap((item) => (item.kind === 'line' ? [item.text] : []));

  it('goes on through an engine that stops and starts, without gap or repeat', async () => {
    rig.runScript('ticking', TICKING, ['--restart', 'always']);
    const connection = await rig.open('ticking');
    const reading = follow(connection, { since: 0 });
    await until(
      () => reading.lines().length >= 10,
      () => 'no lines came',
    );
    await rig.engine.stop();
    expect(await connection.kanidmd(['version'], call())).toMatchObject({
      ok: false,
      error: { code: 'engine-not-running' },
    });
    await rig.engine.start();
    const before = reading.lines().length;
    await until(
      () => reading.lines().length > before + 10,
      () => `nothing more came: ${JSON.stringify(reading.others())}`,
    );
    await rig.engine.stop();
    await rig.engine.start();
    const second = reading.lines().length;
    await until(
      () => reading.lines().length > second + 10,
      () => `nothing more came: ${JSON.stringify(reading.others())}`,
    );
    await reading.end();
    expect(reading.others()).toEqual([]);
    const seen = reading.lines();
    const whole = await readAll(connection, { since: 0 });
    expect(seen.map((line) => [line.cursor, line.text])).toEqual(
      whole.slice(0, seen.length).flatMap((item) => (item.kind === 'line' ? [[item.cursor, item.text]] : [])),
    );
    rig.engine.docker('rm', '--force', 'ticking');
  });

  it('from any line on, and from a time', async () => {
    rig.runScript('hundred', `for (let n = 0; n < 100; n++) console[n % 3 ? 'log' : 'error']('l' + n);`);
    const connection = await rig.open('hundred');
    rig.engine.docker('wait', 'hundred');
    const whole = await readAll(connection, { since: 0 });
    expect(new Set(texts(whole))).toEqual(new Set(Array.from({ length: 100 }, (_, n) => `l${n}`)));
    for (const [at, item] of whole.entries()) {
      if (item.kind !== 'line' || at % 9 !== 0) continue;
      expect(texts(await readAll(connection, { cursor: item.cursor }))).toEqual(texts(whole.slice(at + 1)));
    }
    const middle = whole[50];
    if (middle?.kind !== 'line') throw new Error('no line');
    const since = Math.ceil(middle.at / 1000);
    const later = await readAll(connection, { since });
    expect(texts(later)).toEqual(
      texts(whole.filter((item) => item.kind === 'line' && item.at >= since * 1000)),
    );
    const odd = await readAll(connection, { cursor: 's=journald' });
    expect(odd[0]).toMatchObject({ kind: 'gap' });
    expect(texts(odd)).toEqual(texts(whole));
  });

  it('says a gap where the last line is no longer kept', async () => {
    rig.runScript('rotating', `for (let n = 0; n < 3000; n++) console.log('l' + n + ' ' + 'x'.repeat(80));`, [
      ...['--log-opt', 'max-size=20k', '--log-opt', 'max-file=2'],
    ]);
    const connection = await rig.open('rotating');
    rig.engine.docker('wait', 'rotating');
    const kept = await readAll(connection, { since: 0 });
    const first = kept[0];
    if (first?.kind !== 'line') throw new Error('no line');
    expect(first.text).not.toMatch(/^l0 /);
    const gone = `${BigInt(first.at) * 1000n - 1n}/1`;
    const items = await readAll(connection, { cursor: gone });
    expect(items[0]).toMatchObject({ kind: 'gap' });
    expect(texts(items)).toEqual(texts(kept));
  });

  it('with a terminal, with long lines, and with bytes that are no UTF-8', async () => {
    const script = `process.stdout.write(Buffer.concat([Buffer.from('odd '), Buffer.from([0xff, 0xfe]), Buffer.from('\\n' + 'y'.repeat(70000) + '\\nlast\\n')]));`;
    rig.runScript('plain', script);
    rig.runScript('terminal', script, ['--tty']);
    for (const name of ['plain', 'terminal']) {
      rig.engine.docker('wait', name);
      const items = await readAll(await rig.open(name), { since: 0 });
      expect(texts(items), name).toEqual(['odd \ufffd\ufffd', `${'y'.repeat(KEPT_LINE)}${CUT_MARK}`, 'last']);
    }
  });

  it('of a container that was recreated ends, and says so', async () => {
    rig.runScript('again', TICKING);
    const connection = await rig.open('again');
    const reading = follow(connection, { since: 0 });
    await until(
      () => reading.lines().length >= 3,
      () => 'no lines came',
    );
    rig.engine.docker('rm', '--force', 'again');
    rig.runScript('again', TICKING);
    await reading.done;
    expect(reading.others()).toMatchObject([
      { kind: 'fault', fault: { code: expect.stringMatching(/container-recreated|no-such-container/) } },
    ]);
  });

  it('that cannot be read says why', async () => {
    rig.runScript('silent', TICKING, ['--log-driver', 'none']);
    expect(await readAll(await rig.open('silent'), { since: 0 })).toMatchObject([
      { kind: 'fault', fault: { code: 'log-not-readable' } },
    ]);
  });

  it('stays cancellable while nothing comes', async () => {
    rig.runScript('quiet', 'setInterval(() => undefined, 1000)');
    const reading = follow(await rig.open('quiet'), { since: 0 });
    await reading.end();
    expect(reading.others()).toEqual([]);
  });

  it('output that never ends is cut off and said so; exit codes and both streams are told apart', async () => {
    const script = `const [what] = process.argv.slice(2);
if (what === 'server') setInterval(() => undefined, 1000);
else if (what === 'flood') { const mega = Buffer.alloc(1 << 20, 'f'); let left = 1024; const more = () => { while (left-- > 0) if (!process.stdout.write(mega)) return process.stdout.once('drain', more); }; more(); }
else if (what === 'hang') setInterval(() => undefined, 1000);
else { process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 7; }`;
    rig.runScript('loud', script);
    const connection = await rig.open('loud');
    const flood = value(await connection.kanidmd(['flood'], call(30_000)));
    expect(flood.cut).toBe(true);
    expect(flood.exitCode).toBe(null);
    expect(flood.stdout).toHaveLength(8 * 1024 * 1024);
    expect(value(await connection.kanidmd(['x'], call()))).toEqual({
      exitCode: 7,
      stdout: 'out',
      stderr: 'err',
      cut: false,
    });
    expect(await connection.kanidmd(['hang'], call(500))).toMatchObject({
      ok: false,
      error: { code: 'timed-out' },
    });
    const stop = new AbortController();
    const hanging = connection.kanidmd(['hang'], { signal: stop.signal, timeoutMs: 60_000 });
    setImmediate(() => stop.abort());
    expect(await hanging).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  });
});
