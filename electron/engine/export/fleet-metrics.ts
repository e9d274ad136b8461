import { describePull } from '../../../shared/fleet/model/fleet';
import { collectDefaultMetrics, Counter, type Gauge, Registry } from 'prom-client';
import { certificatesOf } from '../../../shared/events/certificates-due';
import { health as healths, type Health } from '../../../shared/kanidmd/health';
import { serverState, type StatusReport } from '../../../shared/observed/status';
import { loginsState, servesState } from '../../../shared/serves/serves';
import { severity } from '../../../shared/base/problem';
import { BELIEVED_FOR } from '../../../shared/observed/believed';
import type { Clock } from '../base/time';
import { type GaugeWords, makeGauge } from './gauge';
import { reportOnly } from './report-only';
import { addRuvGauges } from './ruv-gauges';

/** Who is told of a fleet over the network. */
const RECEIVERS = ['webhook', 'alertmanager'] as const;
export type Receiver = (typeof RECEIVERS)[number];
const OUTCOMES = ['delivered', 'failed', 'dropped'] as const;

/** A fleet as its file says: each has its series before anything was seen of it. */
export interface DrawnFleet {
  readonly name: string;
  readonly servers: readonly string[];
  readonly pulls: readonly { readonly consumer: string; readonly supplier: string }[];
}

/**
 * A fleet for Prometheus. Every server and pull of the fleet file has its series from the start, as `unknown`; so has
 * whatever was said by a report that is too old to be believed. The watcher's own last look stands beside them: a
 * watcher that hangs, or is dead, shows by its age.
 */
export class FleetMetrics {
  private readonly registry = new Registry();
  private report: { readonly seen: StatusReport; readonly at: number } | null = null;
  private ended = false;
  private readonly looks: Counter;
  private readonly sent: Counter<'receiver' | 'outcome'>;

  constructor(
    private fleet: DrawnFleet,
    version: string,
    private readonly clock: Clock,
  ) {
    const { registry } = this;
    registry.setDefaultLabels({ fleet: fleet.name });
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
    this.gauge('kanilink_build_info', 'The version of Kanilink.', ['version']).set({ version }, 1);
    this.gauge('kanilink_watch_start_timestamp_seconds', 'When the watcher started.').set(clock.now() / 1000);
    this.looks = new Counter({
      name: 'kanilink_watch_looks_total',
      help: 'Readings of the fleet.',
      registers: [registry],
    });
    this.sent = new Counter({
      name: 'kanilink_watch_sent_total',
      help: 'Messages to a receiver: delivered, failed (and tried again), dropped.',
      labelNames: ['receiver', 'outcome'],
      registers: [registry],
    });
    // A counter that is born at a hundred has not increased.
    for (const receiver of RECEIVERS) for (const outcome of OUTCOMES) this.sent.inc({ receiver, outcome }, 0);
    this.ofWatcher();
    this.ofServers();
    this.ofPulls();
    this.ofLogins();
    addRuvGauges(
      registry,
      () => this.fleet.servers,
      () => this.believed()?.ruv ?? null,
    );
  }

  /** The fleet file changed. Of what was seen, what is in it still stays; its name stays that of the start. */
  draw(fleet: DrawnFleet): void {
    this.fleet = { ...fleet, name: this.fleet.name };
    const { report } = this;
    if (report !== null) this.report = { ...report, seen: reportOnly(report.seen, new Set(fleet.servers)) };
  }

  /** @param taken false: the fleet file changed and is not used. */
  fileTaken(taken: boolean): void {
    this.fleetFile.set(taken ? 1 : 0);
  }

  /** Nothing more will be read: whatever was said is not believed from now on. What is dated, as the last look, stays. */
  end(): void {
    this.ended = true;
  }

  /** Takes a reading of the fleet. */
  look(seen: StatusReport): void {
    this.report = { seen, at: this.clock.monotonic() };
    this.lastLook.set(this.clock.now() / 1000);
    this.looks.inc();
  }

  /** Counts messages. */
  count(receiver: Receiver, outcome: (typeof OUTCOMES)[number], messages = 1): void {
    this.sent.inc({ receiver, outcome }, messages);
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** What may still be believed of the newest reading. */
  private believed(): StatusReport | null {
    const { report, ended } = this;
    return !ended && report !== null && this.clock.monotonic() - report.at <= BELIEVED_FOR
      ? report.seen
      : null;
  }

  private lastLook!: Gauge;
  private fleetFile!: Gauge;

  private ofWatcher(): void {
    const { clock } = this;
    this.lastLook = this.gauge(
      'kanilink_watch_last_look_timestamp_seconds',
      'When the fleet was read last; 0: never.',
    );
    this.fleetFile = this.gauge(
      'kanilink_watch_fleet_file_taken',
      'Whether the fleet file is watched as it is; 0: it changed, and is broken, gone or not trusted.',
    );
    this.fleetFile.set(1);
    const born = clock.monotonic();
    this.gauge(
      'kanilink_watch_last_look_age_seconds',
      'Since the fleet was read last, or the watcher started.',
      [],
      (gauge) => gauge.set(Math.max(0, clock.monotonic() - (this.report?.at ?? born)) / 1000),
    );
    this.gauge(
      'kanilink_problems',
      'Problems that are found, by severity; absent: not known.',
      ['severity'],
      (gauge) => {
        const seen = this.believed();
        if (seen === null) return;
        for (const kind of severity.options)
          gauge.set({ severity: kind }, seen.problems.filter((it) => it.severity === kind).length);
      },
    );
  }

  private ofServers(): void {
    this.gauge('kanilink_server_state', 'The state a server is in has 1.', ['server', 'state'], (gauge) => {
      const seen = new Map(this.believed()?.servers.map((it) => [it.id, it.state]));
      for (const server of this.fleet.servers)
        for (const state of [...serverState.options, 'unknown'] as const)
          gauge.set({ server, state }, (seen.get(server) ?? 'unknown') === state ? 1 : 0);
    });
    this.gauge(
      'kanilink_certificate_not_after_timestamp_seconds',
      'When the certificate that a server shows ends.',
      ['server', 'use'],
      (gauge) => {
        for (const { server, use, notAfter } of certificatesOf(this.report?.seen ?? NOTHING)) {
          const end = Date.parse(notAfter);
          if (!Number.isNaN(end)) gauge.set({ server, use }, end / 1000);
        }
      },
    );
  }

  private ofPulls(): void {
    const ofPull = ['consumer', 'supplier'] as const;
    this.gauge('kanilink_pull_health', 'The health a pull has, has 1.', [...ofPull, 'health'], (gauge) => {
      for (const { consumer, supplier, health } of this.pulls())
        for (const kind of healths.options)
          gauge.set({ consumer, supplier, health: kind }, kind === health ? 1 : 0);
    });
    this.gauge('kanilink_pull_drawn', 'Whether the fleet file draws a pull.', [...ofPull], (gauge) => {
      for (const { consumer, supplier, drawn } of this.pulls())
        gauge.set({ consumer, supplier }, drawn ? 1 : 0);
    });
    this.gauge(
      'kanilink_pull_last_success_timestamp_seconds',
      'The end of the newest good round that was seen; absent: none was.',
      [...ofPull],
      (gauge) => {
        const { pulls, undrawn } = this.report?.seen ?? NOTHING;
        for (const { consumer, supplier, lastSuccess } of [...pulls, ...undrawn])
          if (lastSuccess !== null) gauge.set({ consumer, supplier }, Date.parse(lastSuccess) / 1000);
      },
    );
  }

  private ofLogins(): void {
    this.gauge(
      'kanilink_serves_state',
      'What a look at HTTPS and logins of a server proved has 1.',
      ['server', 'state'],
      (gauge) => {
        const seen = new Map(this.believed()?.serves?.servers.map((it) => [it.server, it.state]));
        for (const server of this.fleet.servers)
          for (const state of servesState.options)
            gauge.set({ server, state }, (seen.get(server) ?? 'unknown') === state ? 1 : 0);
      },
    );
    this.gauge(
      'kanilink_logins_state',
      'Whether a session made on one end of a pull is good on the other: what was proved has 1.',
      ['consumer', 'supplier', 'state'],
      (gauge) => {
        const seen = new Map(this.believed()?.serves?.logins.map((it) => [describePull(it), it.state]));
        for (const { consumer, supplier } of this.pulls())
          for (const state of loginsState.options)
            gauge.set(
              { consumer, supplier, state },
              (seen.get(describePull({ consumer, supplier })) ?? 'unknown') === state ? 1 : 0,
            );
      },
    );
  }

  /** Those that are drawn, and those that run besides. */
  private pulls(): readonly { consumer: string; supplier: string; health: Health; drawn: boolean }[] {
    const { pulls, undrawn } = this.believed() ?? NOTHING;
    const seen = new Map(pulls.map((it) => [describePull(it), it.health]));
    return [
      ...this.fleet.pulls.map((it) => ({
        ...it,
        health: seen.get(describePull(it)) ?? ('unknown' as const),
        drawn: true,
      })),
      ...undrawn.map((it) => ({
        consumer: it.consumer,
        supplier: it.supplier,
        health: it.health,
        drawn: false,
      })),
    ];
  }

  private gauge<T extends string>(...words: GaugeWords<T>): Gauge<T> {
    return makeGauge(this.registry, ...words);
  }
}

const NOTHING: StatusReport = { servers: [], pulls: [], undrawn: [], problems: [] };
