import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkTo, makePair, readyServers } from './pairing';
import { Practice } from './practice-server';
import { normalise, recorded, sayings, story } from './recorded';

let practice: Practice;
beforeAll(async () => {
  practice = await Practice.open();
});
afterEach(() => practice.killAll());
afterAll(() => practice.close());

const refresh = ['refresh-replication-consumer', '--i-want-to-refresh-this-servers-database'] as const;
const rounds = (log: string) =>
  sayings(log).filter((one) => one.startsWith('INFO     repl_run_consumer [T]'));

describe('a pair', () => {
  it('refuses a refresh without the flag, refreshes with it, then has fresh rounds on both sides', async () => {
    const [a, b] = await readyServers(practice, ['idm-a', 'idm-b']);
    if (!a || !b) throw new Error('no servers');
    a.server.configure([linkTo(b)]);
    b.server.configure([linkTo(a)]);
    const start = a.server.mark();
    await Promise.all([a.server.start(), b.server.start()]);
    await a.server.run('practice', 'create-person', 'alice');
    await b.server.run('practice', 'create-person', 'bob');
    await b.server.waitFor(/You must manually resolve/, 0, 2);
    await a.server.waitFor(/Consumer Domain UUID does not match/, start, 2);
    expect(await a.server.domainUuid()).not.toBe(await b.server.domainUuid());

    const noFlag = await b.server.run('refresh-replication-consumer');
    expect(noFlag.code).toBe(0);
    expect(sayings(noFlag.stdout)).toEqual(sayings(recorded('refresh-noflag.stdout')));
    expect(noFlag.stderr.trim()).toBe(recorded('refresh-noflag.stderr').trim());
    expect(await b.server.persons()).toEqual(['bob']);

    const [markA, markB] = [a.server.mark(), b.server.mark()];
    const done = await b.server.run(...refresh);
    expect(sayings(done.stdout)).toEqual(sayings(recorded('refresh-ok-b.stdout')));
    await b.server.waitFor(/Incremental Replication Success/, markB, 3);
    expect(sayings(b.server.since(markB))).toEqual(
      expect.arrayContaining(sayings(recorded('log-b-after-refresh.log'))),
    );
    await a.server.waitFor(/Incremental Replication Success/, markA, 2);
    expect(rounds(a.server.since(markA))).toEqual(
      expect.arrayContaining(sayings(recorded('log-a-after-refresh.log'))),
    );

    expect(await b.server.persons()).toEqual(['alice']);
    expect(await b.server.domainUuid()).toBe(await a.server.domainUuid());
  });

  it('shows its certificate and domain as recorded, and the certificate survives a restart', async () => {
    const { a, certA } = await makePair(practice, ['idm-a', 'idm-b']);
    const shown = await a.run('show-replication-certificate');
    expect(sayings(shown.stdout)).toEqual(sayings(recorded('show-cert-a.stdout')));
    const meta = await a.run('show-replication-certificate-metadata');
    expect(sayings(meta.stdout)).toEqual(sayings(recorded('show-cert-meta-a.stdout')));
    const domain = await a.run('domain', 'show');
    expect(sayings(domain.stdout)).toEqual(sayings(recorded('domain-show-a.stdout')));
    expect(await a.certificate()).toBe(certA);

    const ours = new X509Certificate(Buffer.from(certA, 'base64url'));
    const text = /certificate: "([^"]+)"/.exec(recorded('show-cert-a.stdout'))?.[1] ?? '';
    const theirs = new X509Certificate(Buffer.from(text, 'base64url'));
    expect(ours.keyUsage).toEqual(theirs.keyUsage);
    expect(ours.subject.replace(/CN=\S+/, 'CN')).toBe(theirs.subject.replace(/CN=\S+/, 'CN'));
    expect(normalise(ours.subjectAltName ?? '')).toBe(normalise(theirs.subjectAltName ?? ''));
    const years = (one: X509Certificate) =>
      new Date(one.validTo).getFullYear() - new Date(one.validFrom).getFullYear();
    expect(years(ours)).toBe(years(theirs));
    // Same shape to the byte, but for the host's length and the signature's.
    expect(Math.abs(ours.raw.length - theirs.raw.length)).toBeLessThanOrEqual(6);
  });

  it('carries changes both ways, the last writer wins', async () => {
    const { a, b } = await makePair(practice, ['idm-a', 'idm-b']);
    const mark = b.mark();
    await a.run('practice', 'create-person', 'alice');
    await b.run('practice', 'create-person', 'bob');
    await a.waitFor(/Incremental Replication Success/, a.mark(), 2);
    await a.run('practice', 'rename-person', 'bob', 'Bob');
    await b.waitFor(/Incremental Replication Success/, b.mark(), 2);
    expect(await b.persons()).toEqual(['Bob', 'alice']);
    expect(await a.persons()).toEqual(['Bob', 'alice']);
    expect(rounds(b.since(mark))).toEqual(sayings(recorded('log-incremental-with-change-b.log')));
  });

  it('a database put back to an older copy: both say Success, and the data differ', async () => {
    const { a, b } = await makePair(practice, ['idm-a', 'idm-b']);
    const [file, copy] = [path.join(a.folder, 'kanidm.db'), path.join(a.folder, 'copy.db')];
    await a.stop();
    copyFileSync(file, copy);
    await a.start();
    await a.run('practice', 'create-person', 'lost');
    await b.waitFor(/Incremental Replication Success/, b.mark(), 3);
    await a.stop();
    copyFileSync(copy, file);
    const [markA, markB] = [a.mark(), b.mark()];
    await a.start();
    await a.waitFor(/Incremental Replication Success/, markA, 4);
    await b.waitFor(/Incremental Replication Success/, markB, 4);
    expect(story(a.since(markA))).toEqual(
      expect.arrayContaining(story(recorded('log-restored-old-db-a.log'))),
    );
    expect(rounds(a.since(markA))).toEqual(rounds(recorded('log-restored-old-db-a.log')));
    expect(rounds(b.since(markB)).filter((one) => one.includes('Success'))).toEqual(
      rounds(recorded('log-restored-old-db-b.log')),
    );
    expect(await a.domainUuid()).toBe(await b.domainUuid());
    expect(await b.persons()).toEqual(['lost']);
    expect(await a.persons()).toEqual([]);
  });

  it('a wiped secondary with automatic_refresh heals itself', async () => {
    const { a, b, certA } = await makePair(practice, ['idm-a', 'idm-b']);
    await a.run('practice', 'create-person', 'alice');
    await b.stop();
    rmSync(path.join(b.folder, 'kanidm.db'));
    await b.start();
    const certB = await b.certificate();
    await b.stop();
    a.configure([{ to: b, certificate: certB }]);
    b.configure([{ to: a, certificate: certA, automatic: true }]);
    const [markA, markB] = [a.mark(), b.mark()];
    await a.restart();
    await b.start();
    await b.waitFor(/replication consumer refresh complete!/, markB);
    await b.waitFor(/Incremental Replication Success/, markB, 2);
    await a.waitFor(/Incremental Replication Success/, markA);
    const starting = (log: string) =>
      sayings(log).filter((one) => !/Stopped|Signal|Stopping|has stopped/.test(one));
    expect(starting(b.since(markB))).toEqual(
      expect.arrayContaining(
        starting(recorded('log-automatic-refresh-b.log')).filter(
          (one) => !one.includes('Domain UUID does not match'),
        ),
      ),
    );
    expect(await b.persons()).toEqual(['alice']);
    expect(await b.domainUuid()).toBe(await a.domainUuid());
  });
});
