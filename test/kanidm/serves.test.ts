import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBalancer } from '../support/balancer';
import { eachOf, givens, missing } from './support/given';
import { type Lab, startLab, until } from './support/lab';
import { canCompare, deployPair } from './support/main-job';
import { type Pair, startPair } from './support/pair';
import { allowAnonymous, knows, logIn, makePerson, recover, rotateKey } from './support/people';
import { HTTPS_PORT } from './support/server';
import { PLAIN } from './support/variants';
import {
  type Answers,
  BOTH_REPLICATE,
  erasedBy,
  errorsOf,
  type Outcome,
  type Proved,
  pullsOf,
} from './support/words';

/** What is said of HTTPS, logins, who answers and how far behind real servers are. Each test leaves the pair replicating. */
describe.skipIf(missing !== null).each(eachOf(givens))('logins and changes of $name', (given) => {
  let lab: Lab;
  let pair: Pair;
  let token: string;
  beforeAll(async () => {
    lab = await startLab(given);
    pair = await startPair(lab, PLAIN, 'serves');
    ({ token } = await deployPair(pair, `${lab.kanidm.version}, the pair whose logins are proved`));
  }, 300_000);
  afterAll(() => lab?.close());

  const look = (what: '--logins' | '--ruv') => pair.ask<Proved>([0, 2], 'status', what);
  /** Asks until something is said: rounds come every few seconds. @returns what was said last. */
  const untilSaid = async (what: '--logins' | '--ruv', isSo: (said: Proved) => boolean): Promise<Proved> => {
    let said: Proved | undefined;
    await until(
      async () => isSo((said = await look(what))),
      () => JSON.stringify(said, null, 1),
    );
    if (said === undefined) throw new Error('nothing was said');
    return said;
  };
  const served = ({ serves }: Proved) => serves?.servers.map(({ server, state }) => `${server} ${state}`);
  const crossed = ({ serves }: Proved) =>
    serves?.logins.map(({ consumer, supplier, state }) => `${consumer}<${supplier} ${state}`).sort();
  const BOTH_SERVE = ['idm-a serves', 'idm-b serves'];
  const BOTH_GOOD = ['idm-a<idm-b good', 'idm-b<idm-a good'];
  const isWell = (said: Proved) =>
    [served(said), crossed(said), pullsOf(said)].join(';') ===
    [BOTH_SERVE, BOTH_GOOD, BOTH_REPLICATE].join(';');
  const of = ({ serves }: Proved, id: string) => serves?.servers.find(({ server }) => server === id);

  it('a session that was made on either server is good on the other', async () => {
    const said = await pair.ask<Proved>(0, 'status', '--logins');
    expect([served(said), crossed(said)]).toEqual([BOTH_SERVE, BOTH_GOOD]);
    expect(of(said, 'idm-a')).toMatchObject({ login: 'works', fix: '' });
  });

  it('a certificate that was renewed on the disk and is not served is named, until a restart', async () => {
    await pair.a.newCertificate();
    const said = await pair.ask<Proved>(2, 'status', '--logins');
    expect(served(said)).toEqual(['idm-a broken', 'idm-b serves']);
    expect(of(said, 'idm-a')?.cause).toContain('is not the one in its tls_chain');
    // Nothing was sent to who shows another certificate than its own, so no session was proved either way.
    expect(crossed(said)).toEqual(['idm-a<idm-b unknown', 'idm-b<idm-a unknown']);
    expect(pullsOf(said)).toEqual(BOTH_REPLICATE);
    await pair.a.stop();
    await pair.a.start();
    await untilSaid('--logins', isWell);
  });

  it('a pair that refuses anonymous is unknown, with why, and neither good nor broken', async () => {
    token = (await logIn(pair.a, await recover(pair.a))) ?? '';
    await allowAnonymous(pair.a, token, false);
    const said = await untilSaid('--logins', (it) => served(it)?.join() === 'idm-a unknown,idm-b unknown');
    expect(of(said, 'idm-a')?.cause).toContain(
      'It refuses anonymous, so no login was proved: account expired',
    );
    expect(crossed(said)).toEqual(['idm-a<idm-b unknown', 'idm-b<idm-a unknown']);
    expect(said.serves?.logins.map(({ cause }) => cause).join()).toContain('It refuses anonymous');
    await allowAnonymous(pair.a, token, true);
    await untilSaid('--logins', isWell);
  });

  it('a pair of which one side pulls is good by that way, for the consumer may sign with a key of its own', async () => {
    const oneWay = await startPair(lab, PLAIN, 'one-way', 'mutual = false\n');
    try {
      const done = await oneWay.ask<Outcome>(0, 'apply', '--yes', '--erase', 'idm-b');
      expect(done.result).toBe('done');
      await rotateKey(oneWay.b);
      let said: Proved | undefined;
      await until(
        async () =>
          crossed((said = await oneWay.ask<Proved>([0, 2], 'status', '--logins')))?.join() ===
          'idm-b<idm-a good',
        () => JSON.stringify(said, null, 1),
      );
      expect(said?.serves?.logins.map(({ cause }) => cause)).toEqual([
        'A session made on idm-a is good on idm-b. One of idm-b need not be good on idm-a, which no change of idm-b reaches.',
      ]);
      expect(errorsOf(said ?? { problems: [] })).toEqual([]);
    } finally {
      await oneWay.close();
    }
  });

  it('who answers the public origin is found in the logs by what each was asked', async () => {
    const both = [pair.a, pair.b].map(({ ip }) => ({ host: ip, port: HTTPS_PORT }));
    for (const [behind, counts] of [
      [both, [6, 6]],
      [both.slice(1), [0, 12]],
    ] as const) {
      const balancer = await startBalancer(behind);
      try {
        const origin = `https://localhost:${balancer.port}`;
        const { answers } = await pair.ask<Answers>([0, 2], 'answers', '--origin', origin);
        expect(answers?.servers.map(({ answered, log }) => [answered, log])).toEqual(
          counts.map((count) => [count, 'shows']),
        );
        for (const { code, opId, by } of answers?.requests ?? []) {
          expect([code, by.kind]).toEqual([404, 'server']);
          // The answer's id heads the lines of that server's log, and of no other's.
          const logs = await Promise.all([pair.a, pair.b].map((it) => it.log()));
          expect(logs.map((log) => log.includes(`${opId} `))).toEqual(
            ['idm-a', 'idm-b'].map((id) => id === by.server),
          );
        }
      } finally {
        await balancer.close();
      }
    }
  });

  it('how far a server is behind is read as changes and seconds', async ({ skip }) => {
    skip(!canCompare(lab.kanidm.version), 'no online backup before 1.9, so no RUV is read');
    const lag = ({ ruv }: Proved, consumer: string) => ruv?.pulls.find((it) => it.consumer === consumer);
    const isEven = (it: Proved) =>
      it.ruv?.pulls.length === 2 && it.ruv.pulls.every(({ changes }) => changes === 0);
    const even = await untilSaid('--ruv', isEven);
    expect(even.ruv?.servers.map(({ state }) => state)).toEqual(['read', 'read']);

    await pair.b.stop();
    token = (await logIn(pair.a, await recover(pair.a))) ?? '';
    for (const name of ['missed_1', 'missed_2', 'missed_3']) await makePerson(pair.a, token, name);
    // It starts where a is out of its reach: it is behind, and stays so.
    await lab.docker('network', 'disconnect', lab.network, pair.a.container);
    await pair.b.start();
    const first = lag(await look('--ruv'), 'idm-b');
    expect(first?.changes).toBeGreaterThanOrEqual(3);
    expect(first?.seconds).toBeGreaterThan(0);
    const later = lag(await look('--ruv'), 'idm-b');
    expect(later?.seconds).toBeGreaterThan(first?.seconds ?? Infinity);
    await lab.docker('network', 'connect', '--ip', pair.a.ip, lab.network, pair.a.container);
    await untilSaid('--ruv', isEven);
    expect(await knows(pair.b, token, 'missed_3')).toBe(true);
    await untilSaid('--logins', isWell);
  });

  it('a server put back to an older copy is known by its RUV: its pulls are not green', async ({ skip }) => {
    skip(!canCompare(lab.kanidm.version), 'no online backup before 1.9, so no RUV is read');
    const stateOf = ({ ruv }: Proved, id: string) => ruv?.servers.find(({ server }) => server === id)?.state;
    await pair.b.stop();
    const putBack = pair.b.copyData();
    await pair.b.start();
    await untilSaid('--logins', isWell);
    token = (await logIn(pair.b, await recover(pair.b))) ?? '';
    await makePerson(pair.b, token, 'forgotten_by_b');
    await until(
      () => knows(pair.a, token, 'forgotten_by_b'),
      () => 'forgotten_by_b did not reach a',
    );
    await pair.b.stop();
    putBack();
    await pair.b.start();
    const said = await untilSaid('--ruv', (it) => stateOf(it, 'idm-b') === 'went-back');
    expect(stateOf(said, 'idm-a')).toBe('read');
    expect(pullsOf(said).filter((it) => it.includes('replicating'))).toEqual([]);
    const refreshed = await pair.ask<Outcome>(0, 'refresh', '--yes', '--erase', 'idm-b');
    expect([refreshed.result, erasedBy(refreshed)]).toEqual(['done', ['idm-b']]);
    const over = await untilSaid('--ruv', (it) => stateOf(it, 'idm-b') === 'read');
    expect(pullsOf(over)).toEqual(BOTH_REPLICATE);
    await untilSaid('--logins', isWell);
  });
});
