import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makePair } from './pairing';
import { Practice } from './practice-server';
import { blocks, recorded, sayings } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

describe('renewing a certificate', () => {
  it('says Error and works; the port hangs; both directions break until both pin it', async () => {
    const { a, b, certA, certB } = await makePair(practice, ['idm-a', 'idm-b']);
    const [markA, markB] = [a.mark(), b.mark()];
    const renewed = await a.run('renew-replication-certificate');
    expect(renewed.code).toBe(0);
    expect(sayings(renewed.stdout)).toEqual(sayings(recorded('renew-a.stdout')));
    const soon = await a.run('show-replication-certificate');
    expect(sayings(soon.stdout)).toEqual(sayings(recorded('show-cert-a-just-after-renew.stdout')));
    await a.waitFor(/Starting replication reload/, markA);
    await a.waitFor(/AlertReceived\(DecryptError\).*\n.*Unable to cleanly/, markA, 2);
    const shown = await a.run('show-replication-certificate');
    expect(sayings(shown.stdout)).toEqual(sayings(recorded('show-cert-a-75s-after-renew.stdout')));
    const renewedCert = await a.certificate();
    expect(renewedCert).not.toBe(certA);
    await b.waitFor(/InvalidCertificate\(BadSignature\)/, markB, 3);

    expect(sayings(a.since(markA))).toEqual(sayings(recorded('log-renew-on-a.log')));
    // b was recorded from when its rounds began to fail.
    const failed = sayings(b.since(markB)).filter((one) => !one.includes('Incremental Replication Success'));
    expect(failed).toEqual(sayings(recorded('log-renew-seen-by-b.log')));
    const order = blocks(a.since(markA)).filter((one) =>
      /reload|Stopping|replication_cert|requsetor|Replica task/.test(one),
    );
    expect(order).toEqual(
      blocks(recorded('log-renew-on-a.log')).filter((one) =>
        /reload|Stopping|replication_cert|requsetor|Replica task/.test(one),
      ),
    );

    b.configure([{ to: a, certificate: renewedCert, automatic: true }]);
    a.configure([{ to: b, certificate: certB }]);
    const [againA, againB] = [a.mark(), b.mark()];
    await a.restart();
    await b.restart();
    await b.waitFor(/Incremental Replication Success/, againB, 2);
    await a.waitFor(/Incremental Replication Success/, againA, 2);
    const rounds = (log: string) =>
      sayings(log).filter((one) => one.includes('Incremental Replication Success'));
    expect(rounds(b.since(againB))).toEqual(rounds(recorded('log-repinned-b.log')));
    expect(await a.certificate()).toBe(renewedCert);
  });

  it('a partner that is down, then without a name', async () => {
    const { a, b } = await makePair(practice, ['idm-a', 'idm-b']);
    await b.stop();
    const down = a.mark();
    await a.waitFor(/Unable to connect to supplier/, down, 2);
    const said = sayings(a.since(down)).filter((one) => one.includes('Unable to connect'));
    expect(said).toEqual(
      sayings(recorded('log-partner-down.log')).filter((one) => one.includes('Unable to connect')),
    );
    await a.stop();
    a.set({ env: { PRACTICE_RESOLVE: '{"idm-b.localhost":null}' } });
    const gone = a.mark();
    await a.start();
    await a.waitFor(/No replication addresses available/, gone, 2);
    const warned = sayings(a.since(gone)).filter((one) => /resolve|addresses/.test(one));
    expect(warned).toEqual(
      sayings(recorded('log-partner-down.log')).filter((one) => /resolve|addresses/.test(one)),
    );
    await a.kill();
  });
});
