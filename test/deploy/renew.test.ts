import { afterEach, describe, expect, it } from 'vitest';
import { readDeploys } from '../../electron/engine/deploy/journal/read-journal';
import { anHour, deployed, erased, startSite, type TestSite } from './support/site';
import { kanilink } from './support/kanilink';
import { value } from '../support/results';

// A new certificate on practice servers that renew as the recorded ones do: up to 1.11.0 with a false "Error".
describe('kanilink renew', () => {
  let site: TestSite | null = null;
  afterEach(async () => {
    await site?.close();
    site = null;
  });

  it.each(['1.10.5', '1.11.1'])(
    'on %s renews, pins the new certificate on the partner, and proves both directions',
    async (version) => {
      // Ten times as fast: the slow renewal of 65 s takes 6.5 s.
      site = await startSite(2, { version, speed: 10, pollIntervalSeconds: 10 });
      const engine = site.engine();
      const text = await site.text();
      const first = await deployed(engine, text, { erase: erased(value(await engine.plan(text, anHour()))) });
      expect(first.end, JSON.stringify(first.end.problems)).toMatchObject({ outcome: 'done' });
      const before = value(await engine.status(text, { ...anHour(), wait: false }));
      const files = await site.files();

      const refused = await kanilink(engine, 'renew', text.path, '--server', 'idm-z', '--yes');
      expect(refused, refused.out).toMatchObject({ code: 64 });
      const renewed = await kanilink(engine, 'renew', text.path, '--server', 'idm-a', '--yes', '--json');
      expect(renewed.code, `${renewed.out}\n${renewed.err}`).toBe(0);
      const { steps } = JSON.parse(renewed.out) as { steps: { action: string; server: string }[] };
      expect(steps.map((it) => `${it.action} ${it.server}`)).toEqual([
        'renew-certificate idm-a',
        'configure idm-b',
        'verify idm-a',
        'verify idm-b',
      ]);
      const after = value(await engine.status(text, { ...anHour(), wait: true }));
      const shown = (report: typeof after, id: string) =>
        report.servers.find((it) => it.id === id)?.certificate?.fingerprint;
      expect(shown(after, 'idm-a')).not.toBe(shown(before, 'idm-a'));
      expect(shown(after, 'idm-b')).toBe(shown(before, 'idm-b'));
      expect(after.pulls.map((it) => it.health)).toEqual(['replicating', 'replicating']);
      const seen = await kanilink(engine, 'certificates', text.path, '--json');
      expect(seen.code, seen.out).toBe(0);
      expect(JSON.parse(seen.out)).toMatchObject({
        servers: [
          { id: 'idm-a', pinnedBy: [{ server: 'idm-b', fingerprint: shown(after, 'idm-a'), current: true }] },
          { id: 'idm-b', pinnedBy: [{ server: 'idm-a', fingerprint: shown(after, 'idm-b'), current: true }] },
        ],
      });
      // Only the partner's file is another one, and there is nothing left to do.
      expect((await site.files())['idm-a']).toBe(files['idm-a']);
      expect((await site.files())['idm-b']).not.toBe(files['idm-b']);
      expect(value(await engine.plan(text, anHour())).steps).toEqual([]);

      const { deploys } = await readDeploys(site.configDir);
      const mine = deploys.find((it) => it.header.purpose === 'renew');
      expect(mine).toMatchObject({ state: 'finished', outcome: 'done' });
      const job = { kind: 'rollback' as const, deploy: mine?.deploy ?? '' };
      const undone = await engine.plan(text, { ...anHour(), job });
      expect(undone).toMatchObject({ ok: false, error: { code: 'renewal-not-undone' } });
    },
  );
});
