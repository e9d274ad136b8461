import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkTo, readyServers } from './pairing';
import { Practice, type PracticeServer } from './practice-server';
import { blocks, recorded, sayings } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

const refresh = ['refresh-replication-consumer', '--i-want-to-refresh-this-servers-database'] as const;
const refreshSpans = (log: string) => blocks(log).filter((one) => one.includes('repl_run_consumer_refresh'));
const withoutStops = (log: string) =>
  sayings(log).filter((one) => !/Stopped|Signal|Stopping|has stopped/.test(one));

async function fill(server: PracticeServer): Promise<void> {
  await server.run('practice', 'create-person', 'alice');
}

describe('a server with two suppliers', () => {
  it('takes the first that answers, which is the empty one', async () => {
    const [c, a, d] = await readyServers(practice, ['idm-c', 'idm-a', 'idm-d']);
    if (!c || !a || !d) throw new Error('no servers');
    await fill(a.server);
    a.server.configure([linkTo(c)]);
    d.server.configure([linkTo(c)]);
    c.server.configure([linkTo(a), linkTo(d)]);
    await Promise.all([a, d, c].map(({ server }) => server.start()));
    await c.server.waitFor(/You must manually resolve/, 0, 2);
    const mark = c.server.mark();
    expect((await c.server.run(...refresh)).stdout).toContain('success');
    await c.server.waitFor(/repl_run_consumer_refresh/, mark, 2);
    expect(await c.server.domainUuid()).toBe(await d.server.domainUuid());
    expect(refreshSpans(c.server.since(mark))).toEqual(
      refreshSpans(recorded('log-refresh-with-two-suppliers-took-the-wrong-one.log')),
    );
  });

  it('a failed supplier leaves the refresh to the next', async () => {
    const [c, a, d] = await readyServers(practice, ['idm-c', 'idm-a', 'idm-d']);
    if (!c || !a || !d) throw new Error('no servers');
    await fill(a.server);
    a.server.configure([linkTo(c)]);
    c.server.configure([linkTo(d), linkTo(a)]);
    await Promise.all([a, c].map(({ server }) => server.start()));
    await c.server.waitFor(/You must manually resolve/);
    expect((await c.server.run(...refresh)).stdout).toContain('success');
    expect(await c.server.domainUuid()).toBe(await a.server.domainUuid());
  });

  it('one automatic link asks every supplier', async () => {
    const [c, a, d] = await readyServers(practice, ['w-c', 'w-a', 'w-d']);
    if (!c || !a || !d) throw new Error('no servers');
    await fill(d.server);
    const allow = { type: 'allow-pull' } as const;
    a.server.configure([linkTo(c, allow)]);
    d.server.configure([linkTo(c, allow)]);
    c.server.configure([linkTo(a, { automatic: true }), linkTo(d)]);
    await Promise.all([a, d].map(({ server }) => server.start()));
    const mark = c.server.mark();
    await c.server.start();
    await c.server.waitFor(/repl_run_consumer_refresh/, mark, 2);
    await c.server.waitFor(/Incremental Replication Success/, mark);
    await c.server.waitFor(/replication consumer refresh complete!/, mark);
    expect(refreshSpans(c.server.since(mark))).toEqual(
      refreshSpans(recorded('log-automatic-with-two-suppliers.log')),
    );
    const rounds = (log: string) =>
      sayings(log).filter((one) => /repl_run_consumer \[T\]|refresh complete/.test(one));
    expect(rounds(c.server.since(mark))).toEqual(rounds(recorded('log-automatic-with-two-suppliers.log')));
  });
});

describe('one way', () => {
  it('pull and allow-pull: the consumer refreshes, the supplier has nobody to ask', async () => {
    const [a, b] = await readyServers(practice, ['w-a', 'w-b']);
    if (!a || !b) throw new Error('no servers');
    a.server.configure([linkTo(b, { type: 'allow-pull' })]);
    b.server.configure([linkTo(a, { type: 'pull' })]);
    const [markA, markB] = [a.server.mark(), b.server.mark()];
    await Promise.all([a, b].map(({ server }) => server.start()));
    await b.server.waitFor(/You must manually resolve/, markB);
    const nobody = await a.server.run(...refresh);
    expect(nobody.code).toBe(0);
    expect(sayings(nobody.stdout)).toEqual(sayings(recorded('oneway-refresh-on-supplier.stdout')));
    const done = await b.server.run(...refresh);
    expect(sayings(done.stdout)).toEqual(sayings(recorded('oneway-refresh.stdout')));
    await b.server.waitFor(/Incremental Replication Success/, markB);
    const quiet = (log: string) =>
      withoutStops(log).filter((one) => !one.includes('Unable to connect to supplier'));
    expect(quiet(a.server.since(markA))).toEqual(quiet(recorded('log-oneway-supplier.log')));
    expect(quiet(b.server.since(markB))).toEqual(
      quiet(recorded('log-oneway-consumer.log')).filter((one) => !one.includes('exclusive lock')),
    );
  });
});

describe("a supplier's name that does not resolve", () => {
  it('Error after the time-out, and the erase when the name comes back', async () => {
    const [a, b] = await readyServers(practice, ['w-a', 'w-b']);
    if (!a || !b) throw new Error('no servers');
    const names = path.join(practice.folder, 'names.json');
    writeFileSync(names, '{"w-a.localhost":null}');
    a.server.configure([linkTo(b, { type: 'allow-pull' })]);
    b.server.configure([linkTo(a, { type: 'pull' })]);
    b.server.set({ env: { PRACTICE_RESOLVE_FILE: names } });
    await a.server.start();
    const mark = b.server.mark();
    await b.server.start();
    await b.server.waitFor(/Unable to resolve/, mark);
    const before = await b.server.domainUuid();
    const outcome = await b.server.run(...refresh);
    expect(sayings(outcome.stdout)).toEqual(sayings(recorded('late-refresh.stdout')));
    expect(await b.server.domainUuid()).toBe(before);
    writeFileSync(names, '{}');
    await b.server.waitFor(/Incremental Replication Success/, mark);
    expect(await b.server.domainUuid()).toBe(await a.server.domainUuid());
    expect(withoutStops(b.server.since(mark))).toEqual(
      withoutStops(recorded('log-late-refresh-erases-after-error.log')),
    );
  });

  it('a restart drops the request', async () => {
    const [a, b] = await readyServers(practice, ['w-a', 'w-b']);
    if (!a || !b) throw new Error('no servers');
    const names = path.join(practice.folder, 'names-restart.json');
    writeFileSync(names, '{"w-a.localhost":null}');
    a.server.configure([linkTo(b, { type: 'allow-pull' })]);
    b.server.configure([linkTo(a, { type: 'pull' })]);
    b.server.set({ env: { PRACTICE_RESOLVE_FILE: names } });
    await a.server.start();
    await b.server.start();
    const before = await b.server.domainUuid();
    await b.server.run(...refresh);
    await b.server.kill();
    writeFileSync(names, '{}');
    const mark = b.server.mark();
    await b.server.start();
    await b.server.waitFor(/You must manually resolve/, mark, 3);
    expect(await b.server.domainUuid()).toBe(before);
  });

  it('it ignores a stop until killed', async () => {
    const [a, b] = await readyServers(practice, ['idm-a', 'idm-b']);
    if (!a || !b) throw new Error('no servers');
    a.server.configure([linkTo(b)]);
    a.server.set({ env: { PRACTICE_RESOLVE: '{"idm-b.localhost":null}' } });
    const mark = a.server.mark();
    await a.server.start();
    await a.server.waitFor(/Unable to resolve/, mark);
    void a.server.stop();
    await a.server.waitFor(/Stopping 1 Replication Tasks/, mark);
    const stopping = a.server.mark();
    await a.server.waitFor(/Unable to resolve/, stopping, 3);
    expect(a.server.since(mark)).not.toContain('Stopped Replication');
    await a.server.kill();
  });
});
