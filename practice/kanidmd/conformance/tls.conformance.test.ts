import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkTo, readyServers } from './pairing';
import { Practice, type PracticeServer } from './practice-server';
import { recorded, sayings } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

/** What was said about connections: rounds, refused clients, TLS. Not the first round, which may come too early. */
function trouble(log: string): string[] {
  const about = /repl_run_consumer|TLS|Domain UUID/;
  return sayings(log).filter((one) => about.test(one));
}

async function servers(): Promise<{ a: Ready; d: Ready; c: Ready }> {
  const [a, d, c] = await readyServers(practice, ['idm-a', 'idm-d', 'idm-c']);
  if (!a || !d || !c) throw new Error('no servers');
  return { a, d, c };
}
type Ready = Awaited<ReturnType<typeof readyServers>>[number];

describe('TLS mistakes, seen from both ends', () => {
  it('nothing listens at the port dialled', async () => {
    const { a, d, c } = await servers();
    a.server.configure([linkTo(d)]);
    const nowhere = { origin: `repl://idm-a.localhost:${c.server.replicationPort}` };
    d.server.configure([{ to: nowhere, certificate: a.certificate }]);
    const file = 'tls-wrong-port';
    const markA = a.server.mark();
    await a.server.start();
    const markD = d.server.mark();
    await d.server.start();
    await d.server.waitFor(/Unable to connect to supplier/, markD, 2);
    await a.server.waitFor(/domain_uuid's are not equivalent/, markA);
    expect(trouble(d.server.since(markD))).toEqual(trouble(recorded(`${file}-d.log`)));
    // The recording of a still has another client that it refused; the rounds are compared.
    const own = (one: string) => one.includes('repl_run_consumer') && one.includes('equivalent');
    expect(trouble(a.server.since(markA)).filter(own)).toEqual(
      trouble(recorded(`${file}-a.log`)).filter(own),
    );
  });

  it('only one side knows the other', async () => {
    const { a, d, c } = await servers();
    a.server.configure([linkTo(c)]);
    d.server.configure([linkTo(a)]);
    const markA = a.server.mark();
    await a.server.start();
    const markD = d.server.mark();
    await d.server.start();
    await d.server.waitFor(/AlertReceived\(UnknownCA\)/, markD, 2);
    expect(trouble(d.server.since(markD))).toEqual(trouble(recorded('tls-one-sided-d.log')));
    const refused = (one: string) => one.includes('InvalidCertificate');
    expect(trouble(a.server.since(markA)).filter(refused)).toEqual(
      trouble(recorded('tls-one-sided-a.log')).filter(refused),
    );
  });

  it("the pin is a third server's", async () => {
    const { a, d, c } = await servers();
    a.server.configure([linkTo(d)]);
    d.server.configure([{ to: a.server, certificate: c.certificate }]);
    await expectRecordedButThird('tls-wrong-partner-cert', a.server, d.server);
  });

  it('dialled by another name than the certificate says', async () => {
    const { a, d } = await servers();
    a.server.configure([linkTo(d)]);
    const alias = { origin: `repl://alias-a.localhost:${a.server.replicationPort}` };
    d.server.configure([{ to: alias, certificate: a.certificate }]);
    await expectRecordedButThird('tls-san-mismatch', a.server, d.server);
  });

  it('the web port instead of the replication port', async () => {
    const { a, d } = await servers();
    a.server.configure([linkTo(d)]);
    const web = { origin: `repl://idm-a.localhost:${a.server.httpsPort}` };
    d.server.configure([{ to: web, certificate: a.certificate }]);
    await expectRecordedButThird('tls-https-port', a.server, d.server);
  });
});

/** Starts both and compares what each says with its recording; there a third server was refused by it all the time. */
async function expectRecordedButThird(name: string, a: PracticeServer, d: PracticeServer): Promise<void> {
  const [markA, markD] = [a.mark(), d.mark()];
  await a.start();
  await d.start();
  const third = (one: string) =>
    !/^ERROR.*disconnecting client.*InvalidCertificate\(UnknownIssuer\)/.test(one);
  const ofA = trouble(recorded(`${name}-a.log`)).filter(third);
  const ofD = trouble(recorded(`${name}-d.log`));
  const all = () =>
    ofA.every((one) => trouble(a.since(markA)).includes(one)) &&
    ofD.every((one) => trouble(d.since(markD)).includes(one));
  const limit = Date.now() + 15_000;
  while (!all() && Date.now() < limit) await new Promise((done) => setTimeout(done, 50));
  // a's rounds before d listened found nobody.
  const tooEarly = (one: string) =>
    !one.includes('Unable to connect to supplier') || one.includes('TLS setup');
  expect(trouble(d.since(markD))).toEqual(ofD);
  expect(trouble(a.since(markA)).filter(tooEarly)).toEqual(ofA);
}
