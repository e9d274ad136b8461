import { afterAll, beforeAll, expect, it } from 'vitest';
import { enginesApart } from '../../../../../test/support/apart';
import {
  type FakeDockerEngine,
  frame,
  startFakeDockerEngine,
} from '../../../../../test/support/fake-docker-engine';
import { openDocker } from '../open-docker';

let engine: FakeDockerEngine;
beforeAll(async () => {
  engine = await startFakeDockerEngine();
});
afterAll(() => engine.close());

const limit = { signal: new AbortController().signal, timeoutMs: 10_000 };
const SECOND = '2026-11-29T10:00:00Z';
const AT = Date.parse(SECOND) * 1000;

async function readBack(log: Buffer, held?: string) {
  engine.misbehave(/\/logs\?/, (_, response) => void response.end(log));
  const opened = await openDocker(
    {
      ...{ id: 'idm-a', endpoint: engine.endpoint, certificates: null, home: engine.folder, env: {} },
      ...{ container: 'idm-a', config: null },
    },
    { acceptHostKey: async () => false, secret: async () => null },
    limit,
    { ...enginesApart(), backoff: [] },
  );
  if (!opened.ok) throw new Error(opened.error.message);
  const read = await opened.value.logsBefore(AT, { ...limit, lines: 20, characters: 10_000, held });
  await opened.value.close();
  return read;
}

it('a log that is cut off within a message is a fault, and no beginning of the log', async () => {
  const whole = frame(`${SECOND} one\n`);
  expect(await readBack(whole)).toMatchObject({ ok: true, value: { from: null, items: [{ text: 'one' }] } });
  expect(await readBack(Buffer.concat([whole, whole.subarray(0, 20)]))).toMatchObject({
    ok: false,
    error: { code: 'engine-speaks-otherwise' },
  });
});

it('more lines of one time than there is room for are read one room after the other', async () => {
  const log = Buffer.concat(Array.from({ length: 50 }, (_, n) => frame(`${SECOND} ${n + 1}\n`)));
  const texts: string[] = [];
  let held: string | undefined;
  for (let more = true, tries = 0; more && tries < 5; tries += 1) {
    const read = await readBack(log, held);
    if (!read.ok) throw new Error(read.error.message);
    const lines = read.value.items.flatMap((item) => (item.kind === 'line' ? [item] : []));
    texts.unshift(...lines.map(({ text }) => text));
    held = lines[0]?.cursor;
    more = read.value.from !== null;
  }
  expect(texts).toEqual(Array.from({ length: 50 }, (_, n) => String(n + 1)));
});
