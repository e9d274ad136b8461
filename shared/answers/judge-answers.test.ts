import { describe, expect, it } from 'vitest';
import type { AnswersReport, RequestAnswer } from './answers';
import { answersReport, opId } from './answers';
import { allAnswer, answeredWords, anyAnswered, answersNotes } from './judge-answers';

const request = (by: RequestAnswer['by'], code: number | null = 404): RequestAnswer => ({
  ...{ address: '192.0.2.7:443', code, opId: null, redirect: null, certificate: 'SHA256:x', by },
});
const from = (server: string, n: number): readonly RequestAnswer[] =>
  Array.from({ length: n }, () => request({ kind: 'server', server }));
const of = (
  requests: readonly RequestAnswer[],
  servers: readonly (readonly [string, AnswersReport['servers'][number]['log'], string?])[],
): AnswersReport => ({
  ...{ origin: 'https://idm.example.com', at: '2026-11-29T08:00:00Z', addresses: ['192.0.2.7'], unasked: 0 },
  requests,
  servers: servers.map(([server, log, why = '']) => ({
    answered: requests.filter(({ by }) => by.kind === 'server' && by.server === server).length,
    ...{ server, log, why, code: log === 'shows' ? 404 : null },
  })),
  certificates: [],
});
const told = (report: AnswersReport) => answersNotes(report).map(({ tone, text }) => `${tone}: ${text}`);

it('is well only where every request was answered and every server answered', () => {
  const both = of(
    [...from('a', 8), ...from('b', 4)],
    [
      ['a', 'shows'],
      ['b', 'shows'],
    ],
  );
  expect(told(both)).toEqual(['good: https://idm.example.com is answered by a (8 of 12), b (4 of 12).']);
  expect(allAnswer(both)).toBe(true);
  expect(allAnswer(of([], [['a', 'shows']]))).toBe(false);
});

it('says “0 of 12”, and only where the log can tell', () => {
  const all = from('a', 12);
  expect(
    told(
      of(all, [
        ['a', 'shows'],
        ['b', 'shows'],
      ]),
    )[1],
  ).toBe(
    'attention: b answered 0 of 12 requests from this computer; its log shows requests that are sent to itself.',
  );
  for (const log of ['unproved', 'unread'] as const) {
    const report = of(all, [
      ['a', 'shows'],
      ['b', log, 'No way.'],
    ]);
    expect(told(report)[1]).toBe('unknown: Whether b answered any is not known. No way.');
    expect(allAnswer(report)).toBe(false);
  }
});

it('is not well where servers answer with anything but what is expected', () => {
  const by = { kind: 'server', server: 'a' } as const;
  const failing = of([request(by, 503), request(by, 503), request(by, 500), request(by)], [['a', 'shows']]);
  expect(told(failing).slice(1)).toEqual([
    'attention: 2 answers of a have status 503, where 404 is expected.',
    'attention: 1 answer of a has status 500, where 404 is expected.',
  ]);
  expect(allAnswer(failing)).toBe(false);
  const stranger = of([...from('a', 1), request({ kind: 'not-found' }, 200)], [['a', 'shows']]);
  expect(told(stranger).join()).toContain('1 answer of a server that is not known has status 200');
  const well = of(from('a', 1), [['a', 'shows']]);
  const alone = { ...well, servers: well.servers.map((it) => ({ ...it, code: 500 })) };
  expect(told(alone)[1]).toBe(
    'attention: a has status 500 when it is asked by itself, where 404 is expected.',
  );
});

it('says “0 of” of nobody while addresses were not asked, and how many were not', () => {
  const report = {
    ...of(from('a', 1), [
      ['a', 'shows'],
      ['b', 'shows'],
    ]),
    unasked: 2,
  };
  expect(told(report).slice(1)).toEqual([
    'unknown: Whether b answers is not known: 2 addresses were not asked.',
    'unknown: 2 of the 3 addresses of https://idm.example.com were not asked.',
  ]);
  expect(answersNotes(report).at(-1)?.fix).toBe('Ask with 3 requests or more.');
});

it('counts nothing for a server of which nothing is known', () => {
  const report = of(from('a', 1), [
    ['a', 'shows'],
    ['b', 'shows'],
    ['c', 'unread', 'x'],
  ]);
  expect(report.servers.map((it) => answeredWords(it, report))).toEqual(['1 of 1', '0 of 1', 'not known']);
});

describe('the table says “0 of” where the sentences do, and only there:', () => {
  const logs = [
    ['a', 'shows'],
    ['b', 'shows'],
  ] as const;
  const fault = { code: 'x', message: 'Silent.', fix: '', where: {} };
  const none = (...servers: readonly string[]) => request({ kind: 'none', fault, servers }, null);
  const several = request({ kind: 'several', servers: ['a', 'b'] });
  it.each<[string, AnswersReport, string]>([
    ['not while addresses were not asked', { ...of(from('a', 1), logs), unasked: 1 }, 'not known'],
    ['not where no request had an answer', of([none(), none()], logs), 'not known'],
    ['not where several logs show its request', of([...from('a', 1), several], logs), 'not known'],
    ['not where its answer was lost on the way', of([...from('a', 1), none('b')], logs), 'not known'],
    ['of those that had an answer', of([...from('a', 2), none()], logs), '0 of 2'],
    ['of all', of(from('a', 2), logs), '0 of 2'],
  ])('%s', (_when, report, words) => {
    const [, b] = report.servers;
    expect(b && answeredWords(b, report)).toBe(words);
    expect(/b answered 0 of (\d+)/.exec(told(report).join())?.[0] ?? 'not known').toContain(words);
  });
});

it('counts no request without an answer against a server', () => {
  const fault = { code: 'x', message: 'Silent.', fix: '', where: {} };
  const none = request({ kind: 'none', fault, servers: [] }, null);
  const logs = [
    ['a', 'shows'],
    ['b', 'shows'],
  ] as const;
  expect(told(of([none, none], logs)).join()).not.toMatch(/answered 0 of/);
  expect(told(of([none, none], logs))[1]).toMatch(/^unknown: Whether a answers is not known/);
  expect(told(of([...from('a', 1), none], logs))[1]).toMatch(
    /^attention: b answered 0 of 1 request from this computer that had an answer;/,
  );
  const several = request({ kind: 'several', servers: ['a', 'b'] });
  expect(told(of([several], logs)).slice(1)).toEqual([
    'unknown: 1 answer stands in the logs of several servers at once: a, b.',
  ]);
});

it('names who may have answered where a log shows no id', () => {
  const foreign = [...from('a', 1), request({ kind: 'not-found' })];
  expect(told(of(foreign, [['a', 'shows']]))[1]).toMatch(
    /^attention: .* a server outside this fleet answers/,
  );
  expect(
    told(
      of(foreign, [
        ['a', 'shows'],
        ['b', 'unread', 'x'],
      ]),
    ).join(),
  ).toMatch(/unknown: 1 answer .*: b, or a/);
});

it('groups requests without an answer by their reason', () => {
  const fault = (message: string) => ({ code: 'x', message, fix: '', where: {} });
  const none = (message: string) => request({ kind: 'none', fault: fault(message), servers: [] }, null);
  const report = of([none('Silent.'), none('Silent.'), none('Closed.')], [['a', 'shows']]);
  expect(told(report).slice(2)).toEqual([
    'attention: 2 requests had no answer. Silent.',
    'attention: 1 request had no answer. Closed.',
  ]);
  expect(anyAnswered(report)).toBe(false);
});

it('takes what a stranger sends for what it is', () => {
  const hostile = {
    ...request({ kind: 'no-id' }, 302),
    redirect: 'https://x\u001b[2J\u202e\n',
  };
  const read = answersReport.parse(of([hostile], [['a', 'shows']]));
  expect(read.requests[0]?.redirect).not.toMatch(/[\u001b\u202e\n]/);
  for (const id of ['00000000-0000-0000-0000-000000000000', 'A'.repeat(36), '', `${'a'.repeat(8)}`])
    expect(opId.safeParse(id).success).toBe(false);
  expect(opId.safeParse('7f8bad1c-d509-4cef-a028-c90cbac5e30a').success).toBe(true);
  const many = of(from('a', 101), [['a', 'shows']]);
  expect(answersReport.safeParse(many).success).toBe(false);
});
