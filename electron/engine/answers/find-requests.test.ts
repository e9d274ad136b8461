import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { fakeServer, fakeSite } from '../../../test/support/fake-deployment';
import { VirtualClock } from '../../../test/support/virtual-clock';
import type { LogItem } from '../connect/connection';
import type { Site } from '../deploy/deployment/deployment';
import { keyIn, newKey, pathOf } from './asked-key';
import { findRequests } from './find-requests';

const [wanted, last, other] = [newKey(), newKey(), newKey()];
const line = (
  key: string,
  text = `request [ 1ms | 100.00% ] method: GET | uri: ${pathOf(key)}`,
): LogItem => ({
  ...{ kind: 'line', source: 'kanidmd', cursor: '', at: 0 },
  text: `${randomUUID()} INFO     ${text}`,
});

/** @param readings what each reading of the log gives, the last again and again. */
async function finding(readings: readonly Iterable<LogItem>[], marked = true) {
  const site = await fakeSite(fakeServer('idm-a', []));
  let n = 0;
  const seen: Site = {
    ...site,
    connection: {
      ...site.connection,
      logs: async function* () {
        for (const item of readings[Math.min(n++, readings.length - 1)] ?? [])
          yield await Promise.resolve([item]);
      },
    },
  };
  const clock = new VirtualClock();
  const call = { signal: new AbortController().signal, timeoutMs: 5_000 };
  const found = await findRequests(seen, 0, new Set([wanted, last]), marked ? last : null, clock, call);
  return { ...found, found: [...found.found], readings: n };
}

it('reads a log again until it shows the last request, and takes only heads of requests', async () => {
  const late = [
    line(wanted),
    line(other, `says ${pathOf(last)}`),
    line(other, `auth [ 1ms | 100.00% ] uri: ${pathOf(last)}`),
  ];
  expect(await finding([[], late, [...late, line(last)]])).toEqual({
    ...{ found: [wanted, last], fault: null, gap: null, readings: 3 },
  });
});

it('gives up after a while, sooner where no request is the last', async () => {
  const long = await finding([[line(wanted)]]);
  const short = await finding([[line(wanted)]], false);
  expect([long.found, short.found]).toEqual([[wanted], [wanted]]);
  expect(long.readings).toBeGreaterThan(short.readings);
});

it('takes journald’s word that it dropped lines for a gap, and nobody else’s', async () => {
  const text = 'Suppressed 214 messages from kanidmd.service';
  const says = (source: 'kanidmd' | 'manager'): LogItem => ({
    kind: 'line',
    cursor: '',
    at: 0,
    source,
    text,
  });
  expect((await finding([[says('manager'), line(last)]])).gap).toBe(text);
  expect((await finding([[says('kanidmd'), line(last)]])).gap).toBeNull();
});

it('knows a key by its uri, over HTTP/2 too', () => {
  expect(keyIn(pathOf(wanted))).toBe(wanted);
  expect(keyIn(`https://idm.example.com${pathOf(wanted)}`)).toBe(wanted);
  for (const uri of [`${pathOf(wanted)}x`, `/x${pathOf(wanted)}`, '', `/v1/jwk/${wanted}/${last}`])
    expect(keyIn(uri)).toBeNull();
});

it('says where a log has gaps, breaks off, or is a flood', async () => {
  expect((await finding([[{ kind: 'gap', reason: 'rotated' }, line(last)]])).gap).toBe('rotated');
  const fault = { code: 'log-failed', message: 'gone', fix: '', where: {} };
  expect(await finding([[line(wanted), { kind: 'fault', fault }]])).toMatchObject({ found: [wanted], fault });
  const much = line(other, 'x'.repeat(1_000_000));
  const flood = function* (): Iterable<LogItem> {
    for (;;) yield much;
  };
  expect((await finding([{ [Symbol.iterator]: () => flood()[Symbol.iterator]() }])).fault?.code).toBe(
    'log-too-long',
  );
});
