import { expect, it } from 'vitest';
import { fail, ok } from '../../../shared/base/result';
import { TraceLog, traceCall, traceItems, traceStep } from './trace';

const timeless = (lines: readonly string[]) =>
  lines.map((it) => it.replace(/^\S+ /, '').replace(/\d+ ms/, 'N ms'));

it('names the server of every program a call takes, how long it took and how it ended', async () => {
  const trace = new TraceLog();
  await traceCall({ trace, server: 'idm-a' }, ['readFile', '/etc/x'], async () => {
    await traceStep(
      ['sudo', '-n', 'cat'],
      async () => ok({ exitCode: 1 }),
      ({ exitCode }) => `exit ${exitCode}`,
    );
    return fail({ code: 'no-such-file', message: 'never shown', fix: '', where: {} });
  });
  await traceStep(['of nobody'], async () => ok(1));
  const items = traceItems(
    { trace, server: 'idm-b' },
    (async function* () {
      await traceStep(['journalctl'], async () => ok(1));
      yield 1;
    })(),
  );
  for await (const item of items) expect(item).toBe(1);
  expect(timeless(trace.newest)).toEqual([
    'idm-a > sudo -n cat N ms exit 1',
    'idm-a readFile /etc/x N ms no-such-file',
    'idm-b > journalctl N ms ok',
  ]);
});

it('is bounded, and one line each, whatever a server calls its files', () => {
  const also: string[] = [];
  const trace = new TraceLog((line) => also.push(line));
  trace.add(`idm-a readFile /etc/a\nb\u202E\u001B[2J${'x'.repeat(10_000)}`);
  expect(also[0]).toMatch(/^idm-a readFile \/etc\/a b\uFFFD/);
  expect(also[0]?.length).toBe(500);
  for (let n = 0; n < 10_000; n++) trace.add(`${n} ${'y'.repeat(400)}`);
  expect(trace.newest.length).toBeLessThan(1100);
  expect(trace.newest.at(-1)).toContain(' 9999 y');
});
