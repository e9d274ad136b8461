import { createServer, type Server } from 'node:https';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeTlsCertificate } from '../../../../practice/host/certificates';
import { ok } from '../../../../shared/base/result';
import { lookAt } from '../../serves/look';
import { originOfTest } from '../../../../test/support/fleet-fixtures';
import { readJournal } from '../journal/read-journal';
import { lookBefore } from '../run/logins-before';
import { failingLogins, proveLogins } from './prove-logins';
import { value } from '../../../../test/support/results';
import { pastOf, writeHead } from '../../../../test/support/past-deploy';
import { id, StepTrial } from '../../../../test/support/step-trial';

/* What rounds cannot prove: after them a deploy logs in at both ends, and shows each session to the other. */

type Says = 'well' | 'fails' | 'busy' | 'refuses-sessions' | 'no-anonymous' | 'fails-once';
let says: Says = 'well';
let logins = 0;
let web: Server;
let chain = '';
let trial: StepTrial;

/** A web server that answers as a kanidmd does whose logins are in the state of `says`. */
beforeAll(async () => {
  const made = await makeTlsCertificate(['idm.example.com']);
  chain = made.chain;
  web = createServer({ cert: made.chain, key: made.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [code, body] = answer(request.url ?? '', Buffer.concat(chunks).toString());
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void web.close());
afterEach(() => trial.end());

function answer(url: string, body: string): readonly [number, unknown] {
  if (url === '/status') return [200, true];
  if (url === '/v1/auth/valid' && says === 'busy') return [503, 'busy'];
  if (url === '/v1/auth/valid') return says === 'refuses-sessions' ? [401, 'notauthenticated'] : [200, null];
  if (body.includes('init2')) logins += 1;
  if (says === 'fails' || (says === 'fails-once' && logins === 1)) return [500, 'systemerror'];
  if (body.includes('init2'))
    return [200, { state: says === 'no-anonymous' ? { denied: 'expired' } : { choose: ['anonymous'] } }];
  return [200, { state: body.includes('begin') ? { continue: ['anonymous'] } : { success: 'a.b.c' } }];
}

async function pair(state: Says): Promise<void> {
  await serving(state, {
    'idm-a': { domain: 'a', tables: ['idm-b mutual-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a mutual-pull'] },
  });
  trial.builder.verify(id('idm-b'), [{ server: id('idm-a'), origin: originOfTest('idm-a') }]);
}

async function serving(state: Says, servers: Parameters<typeof StepTrial.of>[0]): Promise<void> {
  [says, logins] = [state, 0];
  trial = await StepTrial.of(servers);
  const address = web.address();
  if (address === null || typeof address === 'string') throw new Error('it listens');
  for (const server of trial.servers) {
    server.files.put('/var/lib/kanidm/chain.pem', chain);
    server.dials = () => Promise.resolve(ok(connect(address.port, '127.0.0.1')));
  }
}

it('logins that work both ways are said with the rounds', async () => {
  await pair('well');
  expect(await trial.run()).toMatchObject({
    ok: true,
    note: expect.stringMatching(/idm-b ← idm-a: .*\. A session made on idm-a is good on idm-b/),
  });
});

it.each<[Says, string]>([
  ['fails', 'a login fails'],
  ['refuses-sessions', 'is refused by'],
])('rounds that succeed are no success while a server %s', async (state, why) => {
  await pair(state);
  const { fault, undone } = await trial.fails();
  expect(fault).toMatchObject({ code: 'logins-broken', message: expect.stringContaining(why) });
  expect(undone).toBe(false);
});

it('logins that failed before the deploy are not judged by it, and not claimed', async () => {
  await pair('fails');
  const { clock, signal } = trial.deployment;
  expect(await failingLogins(trial.sites, clock, signal)).toEqual(['idm-a', 'idm-b']);
  trial.knowsBroken('idm-a', 'idm-b');
  expect(await trial.run()).toMatchObject({
    ok: true,
    note: expect.stringMatching(/Logins are not proved\. idm-a: Its logins were broken before this deploy/),
  });
});

const journalled = async () => {
  const record = value(await readJournal(trial.deployment.journal.folder));
  return record.entries.flatMap((it) => (it.kind === 'logins-before' ? [it.failed] : []));
};

it('a deploy looks before its first step, tells it, and writes it down', async () => {
  await pair('fails');
  await writeHead(trial.deployment.journal);
  await lookBefore(trial.deployment, [], null);
  expect([logins, await journalled()]).toEqual([0, []]);
  await lookBefore(trial.deployment, trial.builder.steps, null);
  // A step is about idm-b.
  expect([...trial.deployment.loginsFailed]).toEqual(['idm-a']);
  expect(await journalled()).toEqual([['idm-a']]);
  expect(trial.said.join(' ')).toMatch(/anonymous logs in at idm-a\..*Logins fail already at idm-a/i);
});

it('a server that a step is about is judged, however it was before', async () => {
  await pair('fails');
  await writeHead(trial.deployment.journal);
  await lookBefore(trial.deployment, trial.builder.steps, null);
  expect((await trial.fails()).fault).toMatchObject({ code: 'logins-broken', where: { server: 'idm-b' } });
});

it('and so is one that it restarts, also where another’s pull from it is proved', async () => {
  await pair('fails');
  await writeHead(trial.deployment.journal);
  trial.builder.restart(id('idm-a'), 'a test');
  await lookBefore(trial.deployment, trial.builder.steps, null);
  expect([...trial.deployment.loginsFailed]).toEqual([]);
  const [proof] = trial.builder.steps;
  if (proof?.action !== 'verify') throw new Error('the proof comes first here');
  expect(await proveLogins(trial.deployment, proof)).toMatchObject({
    ok: false,
    error: { code: 'logins-broken' },
  });
});

const [BEGUN, BEFORE] = [['begin'], ['idm-a', 'idm-c']] as const;
it.each<[string, Parameters<typeof pastOf>[0], Says, readonly string[]]>([
  ['what it wrote down and fails still', { entry: BEFORE, then: BEGUN }, 'fails', ['idm-a']],
  [
    'nothing that it did not find failing: it may have broken that',
    { entry: ['idm-c'], then: BEGUN },
    'fails',
    [],
  ],
  ['nothing that works by now', { entry: BEFORE, then: BEGUN }, 'well', []],
  ['nothing where it wrote nothing down: it may have broken that', { then: BEGUN }, 'fails', []],
  ['what fails now, where it had begun nothing', {}, 'fails', ['idm-a']],
  ['nothing where it had begun nothing, but what it resumed had', { of: 'first' }, 'fails', []],
])('a resume takes of the deploy it finishes %s', async (_what, past, state, excused) => {
  await pair(state);
  await writeHead(trial.deployment.journal);
  await lookBefore(trial.deployment, trial.builder.steps, pastOf(past));
  expect([...trial.deployment.loginsFailed]).toEqual(excused);
  expect(await journalled()).toEqual([excused]);
});

it('a server that failed before does not excuse another', async () => {
  await pair('fails');
  trial.knowsBroken('idm-b');
  expect((await trial.fails()).fault).toMatchObject({ code: 'logins-broken', where: { server: 'idm-a' } });
});

it('what cannot be asked has not failed, and neither has what works', async () => {
  await pair('no-anonymous');
  const { clock, signal } = trial.deployment;
  expect(await failingLogins(trial.sites, clock, signal)).toEqual([]);
  says = 'well';
  expect(await failingLogins(trial.sites, clock, signal)).toEqual([]);
});

it('a first login that fails after a restart is tried again', async () => {
  await pair('fails-once');
  expect((await trial.run()).ok).toBe(true);
});

it('what could not be asked fails nothing, and is said', async () => {
  await pair('no-anonymous');
  expect(await trial.run()).toMatchObject({
    ok: true,
    note: expect.stringMatching(/Logins are not proved\. idm-a: .*refuses anonymous/),
  });
});

it('a port that is out of reach, and another certificate than the one on the disk, fail nothing and are said', async () => {
  await pair('fails');
  trial.server('idm-a').dials = () => Promise.resolve(null);
  const { chain: other } = await makeTlsCertificate(['idm.example.com']);
  trial.server('idm-b').files.put('/var/lib/kanidm/chain.pem', other);
  const result = await trial.run();
  expect(result).toMatchObject({ ok: true, note: expect.stringContaining('Logins are not proved. idm-a') });
  expect(result).toMatchObject({ note: expect.stringContaining('is not the one in its tls_chain') });
  expect(logins).toBe(0);
});

it('a fault names the server that fails, or the pull whose session is refused, and nobody else', async () => {
  await pair('refuses-sessions');
  expect((await trial.fails()).fault).toMatchObject({
    message: expect.stringContaining('idm-b ← idm-a: '),
    where: { server: 'idm-b' },
  });
  says = 'fails';
  trial.knowsBroken('idm-b');
  const { message } = (await trial.fails()).fault;
  expect(message).toContain('idm-a: ');
  expect(message).not.toContain('←');
});

it('of a server that works and one that could not be asked, only the second is told as unproved', async () => {
  await pair('well');
  trial.server('idm-a').dials = () => Promise.resolve(null);
  const result = await trial.run();
  const note = result.ok ? result.note : '';
  expect(note).toContain('Logins are not proved. idm-a: ');
  expect(note).not.toContain('Logins are not proved. idm-b');
  expect(note).not.toContain('were broken before');
});

it('of two pulls the one whose logins could not be tried is not claimed with the other', async () => {
  await serving('well', {
    'idm-a': { domain: 'a', tables: ['idm-b allow-pull'] },
    'idm-b': { domain: 'a', tables: ['idm-a pull', 'idm-c pull'] },
    'idm-c': { domain: 'a', tables: ['idm-b allow-pull'] },
  });
  trial.server('idm-c').dials = () => Promise.resolve(null);
  const suppliers = ['idm-a', 'idm-c'].map((it) => ({ server: id(it), origin: originOfTest(it) }));
  trial.builder.verify(id('idm-b'), suppliers);
  const result = await trial.run();
  const note = result.ok ? result.note : '';
  expect(note).toContain('A session made on idm-a is good on idm-b. One of idm-b need not be good on idm-a');
  expect(note).toContain('Logins are not proved. idm-c: ');
  expect(note).not.toContain('No session');
});

it('a session that a serving server says nothing clear of proves no logins, and why is said', async () => {
  await pair('busy');
  expect(await trial.run()).toMatchObject({
    ok: true,
    note: expect.stringContaining('Logins are not proved. idm-b ← idm-a: It answers with 503 to a session.'),
  });
});

it('a server that could not be asked now was not broken before for that', async () => {
  await pair('no-anonymous');
  trial.knowsBroken('idm-a');
  const result = await trial.run();
  expect(result).toMatchObject({ ok: true, note: expect.not.stringContaining('were broken before') });
});

it('a certificate is judged by the clock of the server, not by that of this desk', async () => {
  await pair('well');
  const site = trial.sites[0];
  if (site === undefined) throw new Error('it has two');
  const call = { signal: new AbortController().signal, timeoutMs: 10_000 };
  const at = async (now: number) => {
    const { serves, secured } = await lookAt(site, '2026-11-29T09:00:00Z', now, call);
    secured?.close();
    return serves.cause;
  };
  expect(await at(Date.now())).toContain('an anonymous login works');
  expect(await at(Date.now() + 2 * YEAR_MS)).toContain('it ended on');
  expect(await at(Date.now() - 2 * YEAR_MS)).toContain('it begins on');
});
const YEAR_MS = 365 * 86_400_000;
