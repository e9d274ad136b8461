import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../electron/engine/api/engine';
import type { AnswersReport } from '../../shared/answers/answers';
import { answersNotes } from '../../shared/answers/judge-answers';
import { anHour, startSite, type TestSite } from '../deploy/support/site';
import { type Balancer, startBalancer } from '../support/balancer';
import { fault, value } from '../support/results';

// A balancer before three servers: what it really does is what is told.
let site: TestSite;
let engine: Engine;
let balancer: Balancer | null = null;

beforeAll(async () => {
  site = await startSite(3);
  engine = site.engine();
});
afterEach(async () => {
  await balancer?.close();
  balancer = null;
});
afterAll(() => site?.close());

const httpsPort = (id: string): number =>
  Number(
    /^bindaddress *= *["']127\.0\.0\.1:(\d+)/m.exec(readFileSync(site.fleet.machine(id).config, 'utf8'))?.[1],
  );

async function ask(behind: readonly string[], requests: number, text?: string): Promise<AnswersReport> {
  balancer = await startBalancer(behind.map(httpsPort));
  const origin = `https://idm.localhost:${balancer.port}`;
  const fleet = await site.text();
  return value(await engine.answers({ ...fleet, text: text ?? fleet.text }, { origin, requests }, anHour()));
}
const spread = ({ servers }: AnswersReport) =>
  Object.fromEntries(servers.map(({ server, answered, log }) => [server, `${answered} ${log}`]));
const told = (report: AnswersReport): string =>
  answersNotes(report)
    .map(({ text }) => text)
    .join('\n');

it('are spread two to one, and one server gets none of them', async () => {
  const report = await ask(['idm-a', 'idm-a', 'idm-b'], 12);
  expect(spread(report)).toEqual({ 'idm-a': '8 shows', 'idm-b': '4 shows', 'idm-c': '0 shows' });
  expect(report.requests.map(({ by }) => (by.kind === 'server' ? by.server : by.kind)).slice(0, 3)).toEqual([
    ...['idm-a', 'idm-a', 'idm-b'],
  ]);
  // A connection for each request, for a balancer goes by connections.
  expect(balancer?.taken()).toBe(12);
  expect(report.certificates.map(({ onDiskOf, refused }) => [...onDiskOf, refused])).toEqual([
    ['idm-a', null],
    ['idm-b', null],
  ]);
  expect(told(report)).toContain('idm-c answered 0 of 12 requests from this computer');
  expect(told(report)).not.toMatch(/never|idm-[ab] answered 0/);
});

it('are nobody’s of the fleet where another server answers too', async () => {
  const { text } = await site.text();
  const two = text.split(/(?=^\[\[)/m).filter((part) => !part.includes('idm-c'));
  const report = await ask(['idm-a', 'idm-c'], 4, two.join(''));
  expect(spread(report)).toEqual({ 'idm-a': '2 shows', 'idm-b': '0 shows' });
  expect(report.requests.filter(({ by }) => by.kind === 'not-found')).toHaveLength(2);
  expect(told(report)).toContain('a server outside this fleet answers there');
});

it('prove nothing of a server that is stopped, and its log is read all the same', async () => {
  await site.fleet.machine('idm-b').stopKanidmd();
  // The engine believes what it read a moment ago, before the stop.
  engine.lookAnew();
  try {
    const report = await ask(['idm-a', 'idm-b'], 4);
    expect(spread(report)).toEqual({ 'idm-a': '2 shows', 'idm-b': '0 unproved', 'idm-c': '0 shows' });
    expect(report.requests.filter(({ by }) => by.kind === 'none')).toHaveLength(2);
    expect(told(report)).toContain('Whether idm-b answered any is not known. It is stopped.');
  } finally {
    await site.fleet.machine('idm-b').startKanidmd();
    engine.lookAnew();
  }
});

it('say why there are none: a name that leads nowhere, a port where nobody answers', async () => {
  const asking = async (origin: string | null) =>
    engine.answers(await site.text(), { origin, requests: 1 }, anHour());
  expect(fault(await asking('https://idm.invalid')).code).toBe('origin-not-found');
  const closed = await startBalancer([1]);
  await closed.close();
  const report = value(await asking(`https://127.0.0.1:${closed.port}`));
  expect(report.requests[0]?.by).toMatchObject({ kind: 'none', fault: { code: 'origin-not-reached' } });
  // The servers' own origin is asked where none is named; nothing answers there on this computer.
  const own = value(await asking(null));
  expect(own.origin).toBe('https://idm.localhost');
});
