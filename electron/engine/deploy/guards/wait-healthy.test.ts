import { afterEach, describe, expect, it } from 'vitest';
import { StepTrial } from '../../../../test/support/step-trial';
import { domainAs } from '../../../../test/support/fake-replication';
import { domainOfTest } from '../../../../test/support/fleet-fixtures';
import type { FakeServer } from '../../connect/fake/fake-server';
import { waitHealthy } from './wait-healthy';

/* What a server must show after its start before the next one is touched, and what is not waited for. */

let trial: StepTrial;
let server: FakeServer;
afterEach(() => trial.end());

/** idm-a goes down and is started again, `act` between. @returns why it is not healthy, and how long that was waited for. */
async function startedAgain(act: () => unknown = () => undefined, replication = true) {
  trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] } });
  server = trial.server('idm-a');
  server.stop();
  const since = trial.clock.now();
  act();
  server.start();
  const fault = await waitHealthy(trial.deployment, trial.site('idm-a'), since, replication);
  return { fault, waited: trial.clock.now() - since };
}
const LIMIT = 90_000;
const denied = { fails: { code: 'permission-denied', message: 'no', fix: '', where: {} } };
/** It does not say that its replication starts; @returns has it say so. */
const muted = (): (() => void) => {
  const say = server.log.say.bind(server.log);
  const held: (() => void)[] = [];
  server.log.say = (level, text) => {
    if (text.startsWith('Starting replication')) held.push(() => say(level, text));
    else say(level, text);
  };
  return () => held.forEach((it) => it());
};
const PORT_TAKEN = 'Could not bind to replication address';

describe('a server that was started', () => {
  it('is healthy once it says that it started, shows its domain and its certificate', async () => {
    expect(await startedAgain()).toEqual({ fault: null, waited: 0 });
    expect(server.asked).toEqual(
      expect.arrayContaining(['kanidmd domain show', 'kanidmd show-replication-certificate']),
    );
  });

  it('shows no certificate where it does not replicate, and need not', async () => {
    expect((await startedAgain(muted, false)).fault).toBeNull();
    expect(server.asked).not.toContain('kanidmd show-replication-certificate');
  });

  it('is waited for while it starts', async () => {
    const { fault, waited } = await startedAgain(() => {
      const listens = muted();
      trial.clock.after(30_000, listens);
    });
    expect(fault).toBeNull();
    expect(waited).toBeGreaterThanOrEqual(30_000);
    expect(waited).toBeLessThan(LIMIT);
  });

  it.each([
    ['its replication has not started', muted, 'replication-not-started'],
    ['its domain is not shown', () => trial.whenAsked(/domain show/, denied), 'permission-denied'],
    ['its certificate is not shown', () => trial.whenAsked(/show-repl/, denied), 'permission-denied'],
    ['its manager does not tell of it', () => trial.whenAsked(/idm-a state/, denied), 'permission-denied'],
    ['its log cannot be read', () => trial.whenAsked(/logs/, denied), 'permission-denied'],
    ['its port is taken', () => (server.started = () => server.log.say('error', PORT_TAKEN)), 'bind-failed'],
  ])('is waited for to the end where %s', async (_what, act, code) => {
    const { fault, waited } = await startedAgain(act);
    expect(fault).toMatchObject({ code, where: { server: 'idm-a' } });
    expect(waited).toBeGreaterThanOrEqual(LIMIT);
  });

  it('is found healthy by a clock that is a little behind what we take it for', async () => {
    trial = await StepTrial.of({ 'idm-a': { domain: 'a', tables: [] } });
    server = trial.server('idm-a');
    server.stop();
    server.start();
    const ahead = trial.clock.now() + 2;
    expect(await waitHealthy(trial.deployment, trial.site('idm-a'), ahead, true)).toBeNull();
  });

  it('is not taken for the process that ran before', async () => {
    const { fault } = await startedAgain(() => (server.log.say = () => undefined), false);
    expect(fault).toMatchObject({ code: 'not-started', where: { server: 'idm-a' } });
  });
});

describe('no more is waited for', () => {
  it('a server that exits, and its last words are told', async () => {
    const { fault, waited } = await startedAgain(() => {
      for (const earlier of ['AddrInUse', 'AddrInUse']) server.log.say('error', earlier);
      server.breaks = () => PORT_TAKEN;
    });
    expect(fault).toMatchObject({ code: 'server-stopped', where: { server: 'idm-a' } });
    expect(fault?.detail).toContain(PORT_TAKEN);
    expect(waited).toBe(0);
  });

  it('one that somebody stopped, which said nothing', async () => {
    const { fault, waited } = await startedAgain(() => (server.start = () => undefined));
    expect(fault).toMatchObject({ code: 'server-stopped' });
    expect(fault).not.toHaveProperty('detail');
    expect(waited).toBe(0);
  });

  it('one that came up with another database', async () => {
    const { fault, waited } = await startedAgain(() => {
      server.started = () => void (server.domain = domainAs('f'));
    });
    expect(fault).toMatchObject({ code: 'database-changed', where: { server: 'idm-a' } });
    expect(fault?.detail).toContain(domainOfTest('f'));
    expect(waited).toBe(0);
  });
});
