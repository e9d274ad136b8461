import { readFleet } from '../../shared/fleet/read/read-fleet';
import { type Link, pullsOf } from '../../shared/fleet/model/fleet';
import type { FleetText, LogLineView } from '../../shared/ipc';
import type { Plan } from '../../shared/plan/model/plan';
import type { Step, StepKind } from '../../shared/plan/steps/step';
import { planOf, stepOf } from './step-of';
import type { DatabaseSummary } from '../../shared/compare/database-summary';
import type { ServerReport, StatusReport } from '../../shared/observed/status';
import { FINGERPRINT, runsWith } from './runs-with';
import type { DeployEvent } from '../../shared/plan/model/deploy';

/** Servers that exist nowhere: enough of their behaviour to look at every view. Not a test of anything but the window. */
export class Simulation {
  readonly deployed = new Set<string>();
  readonly down = new Set<string>();
  readonly broken = new Set<string>();
  #domains = new Map<string, string>();
  #lastRound = new Map<string, number>();
  constructor(readonly speed: number) {}

  report(question: FleetText, server: string): ServerReport {
    const status = this.status(question).servers.find((one) => one.id === server);
    return {
      ...{ id: server, state: 'unreachable', version: null, domain: null, domainUuid: null },
      ...{ fileRead: false, replication: false, certificate: null },
      ...status,
      domainLevel: status?.state === 'running' ? 14 : null,
      configPath: '/etc/kanidm/server.toml',
      origin: `repl://${server}.localhost:8444`,
      clockOffsetMs: 12,
      problems: [],
    };
  }

  /** As many people as the server's name is long, so that no two are alike. */
  summary(question: FleetText, server: string): DatabaseSummary {
    return {
      domain: this.report(question, server).domainUuid ?? '',
      ...{ people: server.length, serviceAccounts: 1, groups: 2 },
      ...{ changedAt: '2026-11-20T10:15:00Z', at: '2026-11-29T08:00:00Z' },
    };
  }

  status(question: FleetText): StatusReport {
    const fleet = readFleet(question.text, question.path).fleet;
    const links = fleet?.links ?? [];
    return {
      servers: (fleet?.servers ?? []).map(({ id }) => ({
        id,
        state: this.down.has(id) ? 'unreachable' : 'running',
        ...{ version: '1.10.5', domain: 'idm.example.com', domainUuid: this.domain(id) },
        fileRead: !this.down.has(id),
        replication: this.partners(id).length > 0,
        runsWith: this.partners(id).length === 0 ? null : runsWith(id, this.partners(id)),
        certificate:
          this.partners(id).length > 0
            ? {
                fingerprint: FINGERPRINT,
                notBefore: '2026-11-23T15:27:31Z',
                notAfter: '2030-11-22T15:27:31Z',
                names: [`${id}.localhost`],
              }
            : null,
      })),
      undrawn: [],
      pulls: links.flatMap((link) =>
        pullsOf(link).map((pull) => {
          const bad =
            this.broken.has(name(link)) || this.down.has(pull.supplier) || this.down.has(pull.consumer);
          const last = this.#lastRound.get(`${pull.consumer}${pull.supplier}`);
          const known = this.deployed.has(name(link));
          return {
            consumer: pull.consumer,
            supplier: pull.supplier,
            health: !known ? ('unknown' as const) : bad ? ('broken' as const) : ('replicating' as const),
            cause: !known
              ? `${pull.consumer} does not pull from ${pull.supplier} yet.`
              : bad
                ? `${pull.consumer} does not trust ${pull.supplier}’s certificate: it was renewed, not pinned again.`
                : 'The newest round succeeded and both servers are in one domain.',
            fix: !known
              ? 'Deploy the link.'
              : bad
                ? `Deploy: pins the new certificate on ${pull.consumer} and restarts it.`
                : '',
            lastSuccess: last === undefined ? null : new Date(last).toISOString(),
          };
        }),
      ),
      problems: [...this.down].map((id) => ({
        severity: 'error' as const,
        code: 'server-unreachable',
        server: id,
        message: `${id} cannot be reached: connection refused.`,
        fix: 'Start the server, or check its address.',
        where: { server: id },
      })),
    };
  }

  /** The servers that a server is linked with, as they run. */
  partners(id: string): readonly string[] {
    const pairs = [...this.deployed].map((pair) => pair.split('+'));
    return pairs.flatMap((pair) => (pair.includes(id) ? pair.filter((other) => other !== id) : []));
  }

  plan(question: FleetText): Plan {
    const fleet = readFleet(question.text, question.path).fleet;
    const steps: Step[] = [];
    const add = (server: string, action: StepKind, summary: string, more: object = {}): void =>
      void steps.push(
        stepOf(action, {
          ...{ id: String(steps.length + 1), server, summary },
          needs: steps.length > 0 ? [String(steps.length)] : [],
          ...more,
        }),
      );
    for (const link of fleet?.links ?? []) {
      if (this.deployed.has(name(link))) continue;
      const { supplier, consumer } = link;
      for (const id of [supplier, consumer])
        add(id, 'configure', `Set up replication on ${id}`, {
          why: `${id} has no [replication] yet; partners cannot dial it.`,
          risk: `${id} restarts: logins fail for a few seconds.`,
          diff: `--- /etc/kanidm/server.toml\n+++ /etc/kanidm/server.toml\n@@ -4,3 +4,7 @@\n domain = "idm.example.com"\n origin = "https://idm.example.com"\n db_path = "/var/lib/kanidm/kanidm.db"\n+\n+[replication]\n+origin = "repl://${id}.localhost:8444"\n+bindaddress = "127.0.0.1:8444"\n`,
        });
      add(supplier, 'configure', `Let ${consumer} pull from ${supplier}`, {
        why: 'Each server has to know the other’s certificate.',
        risk: `${supplier} restarts: logins fail for a few seconds.`,
        requires: [`${supplier}’s file is the one that step 1 wrote`],
        diff: `--- /etc/kanidm/server.toml\n+++ /etc/kanidm/server.toml\n@@ -8,2 +8,6 @@\n origin = "repl://${supplier}.localhost:8444"\n bindaddress = "127.0.0.1:8444"\n+\n+[replication."repl://${consumer}.localhost:8444"]\n+type = "mutual-pull"\n+partner_cert = "certificate of ${consumer}, known after step 2"\n`,
      });
      if (this.domain(supplier) !== this.domain(consumer)) {
        add(consumer, 'backup', `Back up ${consumer}`, { why: 'Its database is about to be replaced.' });
        add(consumer, 'refresh', `Replace ${consumer}’s database with ${supplier}’s`, {
          why: `${consumer} is in another domain; ${supplier}’s data was chosen to win.`,
          risk: `Everything that exists only on ${consumer} is gone.`,
          ...{ erases: [consumer], source: supplier, sourceHost: `${supplier}.localhost`, by: 'command' },
          ...{ domain: this.domain(supplier), asked: false },
        });
      }
      add(consumer, 'verify', `Prove that ${supplier} and ${consumer} replicate`, {
        why: 'Fresh rounds since the restart, and one domain.',
        suppliers: [{ server: supplier, origin: `repl://${supplier}.localhost:8444` }],
      });
    }
    return planOf(steps, {
      problems:
        (fleet?.servers.length ?? 0) > 2
          ? [
              {
                severity: 'warning',
                code: 'three-servers',
                server: null,
                message: 'The fleet has three servers.',
                fix: 'Kanidm supports two today; more may work, so watch them.',
                where: {},
              },
            ]
          : [],
    });
  }

  async *deploy(question: FleetText, stop: () => boolean): AsyncIterable<DeployEvent> {
    const plan = this.plan(question);
    yield {
      kind: 'started',
      deploy: 'd1',
      journal: '~/.config/kanilink/journals/d1.jsonl',
      at: Date.now(),
      expected: [],
    };
    let cancelled = false;
    for (const step of plan.steps) {
      if ((cancelled ||= stop())) {
        yield { kind: 'step', step: step.id, state: 'skipped', at: Date.now(), note: '' };
        continue;
      }
      yield { kind: 'step', step: step.id, state: 'running', at: Date.now(), note: '' };
      for (const text of [
        'testing a copy of the new file',
        'This config rocks! 🪨',
        'restarting kanidmd',
        'healthy again after 1.2 s',
      ]) {
        await rest(240 / this.speed);
        yield { kind: 'output', step: step.id, text: `${text}\n`, at: Date.now() };
      }
      yield {
        kind: 'step',
        step: step.id,
        state: 'done',
        at: Date.now(),
        note: step.action === 'verify' ? '2 fresh rounds each way' : '',
      };
    }
    if (!cancelled) for (const link of readFleet(question.text, null).fleet?.links ?? []) this.connect(link);
    yield { kind: 'finished', outcome: cancelled ? 'cancelled' : 'done', problems: [], at: Date.now() };
  }

  connect(link: Pick<Link, 'supplier' | 'consumer'>): void {
    this.deployed.add(name(link));
    this.#domains.set(link.consumer, this.domain(link.supplier));
  }

  /** One round of every deployed pull, and its log lines. */
  rounds(question: FleetText): LogLineView[] {
    const lines: LogLineView[] = [];
    for (const pull of this.status(question).pulls) {
      const at = Date.now() * 1000 + lines.length * 400;
      if (pull.health === 'replicating') {
        this.#lastRound.set(`${pull.consumer}${pull.supplier}`, Date.now());
        lines.push({
          ...{ key: String(at), offset: 0, group: null, bootstrap: null },
          at,
          server: pull.consumer,
          level: 'good',
          meaning: `pull from ${pull.supplier} · round ok · 2.1 ms`,
          raw: `3f0c… INFO     repl_run_consumer [ 2.11ms | 57.12% / 100.00% ] sock_addrs: [127.0.0.1:8444] | automatic_refresh: false | server_name: ${pull.supplier}.localhost`,
          pull,
        });
      } else if (pull.health === 'broken') {
        lines.push({
          ...{ key: String(at), offset: 0, group: null, bootstrap: null },
          at,
          server: pull.consumer,
          level: 'bad',
          meaning: `pull from ${pull.supplier} · InvalidCertificate(BadSignature)`,
          raw: `3f0c… ERROR    ┕━ 🚨 [error]: replication client TLS setup error, continuing | err: InvalidCertificate(BadSignature)`,
          pull,
        });
      }
    }
    for (const id of readFleet(question.text, null).fleet?.servers.map((one) => one.id) ?? [])
      lines.push({
        ...{ key: String(lines.length) + String(Date.now()), offset: 0, group: null, bootstrap: null },
        at: Date.now() * 1000 + lines.length * 400,
        server: id,
        level: 'info',
        meaning: 'purge_tombstones · 0 deleted',
        raw: '00000000-0000-0000-0000-000000000000 INFO     purge_tombstones [ 114µs | 100.00% ]',
        pull: null,
      });
    return lines;
  }

  domain(id: string): string {
    const known = this.#domains.get(id);
    if (known) return known;
    const made =
      `${id.charCodeAt(id.length - 1)}d2165e-71d2-4b7e-9c5e-0a4f3b1c${id.charCodeAt(id.length - 1)}00`.padStart(
        36,
        '0',
      );
    this.#domains.set(id, made);
    return made;
  }
}

const name = (link: Pick<Link, 'supplier' | 'consumer'>): string =>
  [link.supplier, link.consumer].sort().join('+');
/** Waits so many milliseconds. */
export const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
