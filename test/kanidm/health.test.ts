import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eachOf, givens, missing } from './support/given';
import { type Lab, startLab, until } from './support/lab';
import { canCompare, dataFlows, deployPair, same } from './support/main-job';
import { type Pair, startPair } from './support/pair';
import { knows, logIn, makePerson, recover } from './support/people';
import { PLAIN } from './support/variants';
import {
  BOTH_REPLICATE,
  codesOf,
  type Comparisons,
  erasedBy,
  errorsOf,
  type Outcome,
  type Plan,
  pullsOf,
  type Status,
} from './support/words';

/** What is said of real servers is true, whatever was done to them. Each test leaves the pair replicating. */
describe.skipIf(missing !== null).each(eachOf(givens))('the truth about $name', (given) => {
  let lab: Lab;
  let pair: Pair;
  let token: string;
  beforeAll(async () => {
    lab = await startLab(given);
    pair = await startPair(lab, PLAIN, 'truth');
    ({ token } = await deployPair(pair, `${lab.kanidm.version}, the pair whose health is watched`));
  }, 300_000);
  afterAll(() => lab?.close());

  const status = (code: number) => pair.ask<Status>(code, 'status');
  /** After a round that failed while a server was down, the next one says that it is back. */
  const replicates = async () => {
    let said: Status | undefined;
    const back = async () => {
      said = await pair.ask<Status>([0, 2], 'status');
      return pullsOf(said).join() === BOTH_REPLICATE.join();
    };
    await until(back, () => JSON.stringify(said?.pulls));
    await status(0);
  };
  const causes = ({ pulls }: Status) => pulls.map(({ cause, fix }) => `${cause} ${fix}`).join('\n');
  const pull = ({ pulls }: Status, consumer: string) => pulls.find((it) => it.consumer === consumer);
  /** No word of it advises erasing a, whose data wins. */
  const refreshesA = /refresh(es)? (idm-)?a\b|--erase idm-a/;

  it('a server that is stopped is stopped, and its pulls are not green', async () => {
    await pair.b.stop();
    const stopped = await status(2);
    expect(stopped.servers.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'idm-a running',
      'idm-b stopped',
    ]);
    expect(pullsOf(stopped)).toEqual(['idm-a<idm-b: broken', 'idm-b<idm-a: broken']);
    expect(causes(stopped)).toContain('idm-b is stopped');
    await pair.b.start();
    await replicates();
    await pair.a.stop();
    const other = await status(2);
    expect(pullsOf(other)).toEqual(['idm-a<idm-b: broken', 'idm-b<idm-a: broken']);
    expect(causes(other)).toContain('idm-a is stopped');
    await pair.a.start();
    await replicates();
  });

  it('a server is started and restarted by plan: its pulls are proved, and no file is written', async () => {
    await pair.b.stop();
    const before = readFileSync(pair.b.toml, 'utf8');
    expect((await pair.ask<Outcome>(0, 'start', '--server', 'idm-b', '--yes')).result).toBe('done');
    await status(0);
    expect((await pair.ask<Outcome>(0, 'restart', '--server', 'idm-b', '--yes')).result).toBe('done');
    await status(0);
    expect(readFileSync(pair.b.toml, 'utf8')).toBe(before);
    // A file that kanidmd refuses ends nothing that runs.
    writeFileSync(pair.b.toml, `no_such_key = 1\n${before}`);
    const refused = await pair.ask<Outcome>(1, 'restart', '--server', 'idm-b', '--yes');
    expect(codesOf(refused)).toContain('file-refused');
    expect((await status(2)).servers.map(({ state }) => state)).toEqual(['running', 'running']);
    writeFileSync(pair.b.toml, before);
    await replicates();
  });

  it('a server that is frozen is not green', async () => {
    await lab.docker('pause', pair.b.container);
    try {
      const frozen = await status(2);
      expect(pullsOf(frozen).filter((it) => it.includes('replicating'))).toEqual([]);
    } finally {
      await lab.docker('unpause', pair.b.container);
    }
    await replicates();
  });

  it('a wrong pin is named at the end that has it, and a deploy pins the right one, erasing nobody', async () => {
    const own = /certificate: "([^"]+)"/.exec(await pair.b.kanidmd('show-replication-certificate'))?.[1];
    const text = readFileSync(pair.b.toml, 'utf8');
    const wrong = text.replace(/(partner_cert = )"[^"]+"/, `$1"${own}"`);
    expect(wrong).not.toBe(text);
    writeFileSync(pair.b.toml, wrong);
    await lab.docker('restart', pair.b.container);
    await pair.b.start();
    const read = await status(2);
    expect(pull(read, 'idm-b')?.health).toBe('broken');
    expect(pull(read, 'idm-b')?.cause).toMatch(/pins|certificate/);
    expect(pullsOf(read).filter((it) => it.includes('replicating'))).toEqual([]);
    const plan = await pair.ask<Plan>(2, 'plan');
    expect([errorsOf(plan), erasedBy(plan)]).toEqual([[], []]);
    await pair.ask<Outcome>(0, 'apply', '--yes');
    expect(readFileSync(pair.b.toml, 'utf8')).toBe(text);
    await replicates();
    await dataFlows(pair, token);
  });

  it('a secondary that lost its database needs a refresh: by name only', async () => {
    await pair.b.stop();
    pair.b.wipe();
    await pair.b.start();
    const read = await status(2);
    expect(pull(read, 'idm-b')?.health).not.toBe('replicating');
    expect(pull(read, 'idm-a')?.health).not.toBe('replicating');
    expect(read.servers[0]?.domainUuid).not.toBe(read.servers[1]?.domainUuid);
    expect(causes(read)).not.toMatch(refreshesA);
    expect(erasedBy(await pair.ask<Plan>(2, 'plan'))).toEqual(['idm-b']);
    const refused = await pair.ask<Outcome>(1, 'apply', '--yes');
    expect(codesOf(refused)).toContain('erase-not-named');
    expect((await pair.ask<Outcome>(0, 'apply', '--yes', '--erase', 'idm-b')).result).toBe('done');
    await replicates();
    await dataFlows(pair, token);
  });

  it('a secondary put back to an older copy of its database is found by compare', async ({ skip }) => {
    skip(!canCompare(lab.kanidm.version), 'no online backup before 1.9, so nothing is compared');
    await pair.b.stop();
    const putBack = pair.b.copyData();
    await pair.b.start();
    await replicates();
    // Made on b: its own older copy does not know them, and a will not send b's own changes back to it.
    const mine = await logIn(pair.b, await recover(pair.b));
    expect(mine).not.toBeNull();
    await makePerson(pair.b, mine ?? '', 'lost_on_b');
    await until(
      () => knows(pair.a, mine ?? '', 'lost_on_b'),
      () => 'lost_on_b did not reach a',
    );
    await pair.b.stop();
    putBack();
    await pair.b.start();
    // Both may go on saying Success: no log can tell.
    const read = await pair.ask<Status>([0, 2], 'status');
    expect(causes(read)).not.toMatch(refreshesA);
    const { comparisons } = await pair.ask<Comparisons>(2, 'compare');
    expect(comparisons.map(({ result }) => result)).toEqual(['differ']);
    const mended = await pair.ask<Outcome>(0, 'refresh', '--yes', '--erase', 'idm-b');
    expect([mended.result, erasedBy(mended)]).toEqual(['done', ['idm-b']]);
    await replicates();
    await same(pair);
  });

  it('a primary that lost its database blocks the plan: its emptiness is given to nobody', async () => {
    // A recovered password ends the sessions before it.
    token = (await logIn(pair.b, await recover(pair.b))) ?? '';
    await until(
      () => knows(pair.a, token, 'before'),
      () => 'the new session did not reach a',
    );
    await pair.a.stop();
    const putBack = pair.a.copyData();
    pair.a.wipe();
    await pair.a.start();
    const read = await status(2);
    expect(pullsOf(read).filter((it) => it.includes('replicating'))).toEqual([]);
    const plan = await pair.ask<Plan>(1, 'plan');
    expect(errorsOf(plan).join('\n')).toContain('primary-looks-new');
    const refused = await pair.ask<Outcome>(1, 'apply', '--yes', '--erase', 'idm-b');
    expect(refused.result).toBe('refused');
    expect(await knows(pair.b, token, 'before')).toBe(true);
    await pair.a.stop();
    putBack();
    await pair.a.start();
    await replicates();
    await dataFlows(pair, token);
  });
});
