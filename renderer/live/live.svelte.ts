import type { IpcClient, OpenStream } from '../bridge/ipc-client';
import type { Sight } from './pull-view';
import { RoundAges } from './round-ages';
import { RUV_EVERY } from '../../shared/ruv/by-itself';
import { LOGINS_EVERY } from '../../shared/serves/by-itself';
import { stillBroken } from '../../shared/serves/still-believed';
import type { FleetText } from '../../shared/ipc';
import type { StatusReport } from '../../shared/observed/status';
import type { Fault } from '../../shared/base/result';
import {
  inBoth,
  lookedAt,
  NOBODY,
  NOTHING_READ,
  type ServerAddresses,
  readOf,
  reportOf,
  sameServers,
  servesOf,
  type WhatWasRead,
  withReport,
  withRunning,
} from './what-was-read';
import { momentNow } from '../base/clock.svelte';

const RETRY_AFTER = [2000, 5000, 10_000, 30_000];
const nothing: Sight = { report: null, looked: null, at: null, live: false, lostBecause: '' };

/** What a person wants of a watch. */
export interface WatchWish {
  /** Servers that refused are tried again. */
  readonly asked?: true;
  /** HTTPS and logins are looked at right away. */
  readonly lookAtLogins?: true;
}

/** Watches the fleet's servers: the newest report, and whether it may be believed. */
export class Live {
  sight = $state.raw<Sight>(nothing);
  /** Of each server the newest report in which its server.toml was read, however old. */
  read = $state.raw<WhatWasRead>(NOTHING_READ);
  /** Of each server the newest report in which kanidmd ran on it. */
  ran = $state.raw<WhatWasRead>(NOTHING_READ);
  /** Ages of the newest good rounds, for the charts. */
  readonly ages = new RoundAges();
  readonly #client: IpcClient;
  #stream: OpenStream | null = null;
  /** The watch before this one, believed until this one has its first report. */
  #before: OpenStream | null = null;
  /** What the watch before this one is still believed of: the servers that are reached as they were then. */
  #same: ReadonlySet<string> = sameServers(NOBODY, NOBODY);
  /** How each server is reached, by its id. */
  #reach = NOBODY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  /** @param settings how often logins and RUVs are looked at, as the person set it. */
  constructor(
    client: IpcClient,
    private readonly settings: Readonly<Record<'loginsEvery' | 'ruvEvery', number>> = {
      ...{ loginsEvery: LOGINS_EVERY, ruvEvery: RUV_EVERY },
    },
  ) {
    this.#client = client;
  }

  /**
   * Watches this fleet from now on. Of servers that are still reached as before, the watch that is open is believed until
   * the new one has its first report: a link that is drawn, or another server, changes nothing of what runs on them.
   * @param reach how each server is reached, by its id: the same text, the same server
   */
  follow(question: FleetText, reach: ServerAddresses, wish: WatchWish = {}): void {
    const same = sameServers(this.#reach, reach);
    this.#same = this.#before === null ? same : inBoth(same, this.#same);
    this.#reach = reach;
    this.read = readOf(this.read, same);
    this.ran = readOf(this.ran, same);
    const believed = this.sight.live && this.#same.size > 0 ? (this.#before ?? this.#stream) : null;
    if (believed === null) this.stop();
    else if (believed !== this.#stream) this.#stream?.close();
    this.#before = believed;
    const { report, looked = null } = this.sight;
    this.sight = {
      ...this.sight,
      report: report && reportOf(report, this.#same),
      looked: looked && servesOf(looked, this.#same),
    };
    this.#failures = 0;
    this.#open(question, wish);
  }

  stop(): void {
    this.#dropBefore();
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#timer);
    const { report, looked = null, at } = this.sight;
    this.sight = { report, looked, at, live: false, lostBecause: '' };
  }

  /** Another fleet: nothing is known. */
  forget(): void {
    this.stop();
    this.ages.clear();
    this.read = NOTHING_READ;
    this.ran = NOTHING_READ;
    this.#reach = NOBODY;
    this.sight = nothing;
  }

  /** Nothing is watched, until the person does something about it; what was read before is history. */
  refuse(because: string, fix: string): void {
    this.stop();
    this.sight = { ...this.sight, lostBecause: because, fix };
  }

  #open(question: FleetText, wish: WatchWish = {}): void {
    const { loginsEvery, ruvEvery } = this.settings;
    const stream = this.#client.open(
      'watch',
      { fleet: question, loginsEvery, ruvEvery, ...wish },
      {
        onItems: (reports) => {
          if (stream === this.#stream) this.#dropBefore();
          this.#see(stream === this.#stream ? reports : reports.map((one) => reportOf(one, this.#same)));
        },
        onEnd: (fault) => {
          if (stream === this.#stream) this.#retry(question);
          this.#lost(fault);
        },
      },
    );
    this.#stream = stream;
  }

  #see(reports: readonly StatusReport[]): void {
    const report = reports.at(-1);
    if (!report) return;
    this.#failures = 0;
    const at = momentNow();
    for (const one of reports) this.ages.add(one, at.wall);
    this.read = withReport(this.read, report);
    this.ran = withRunning(this.ran, report);
    const serves = report.serves ?? stillBroken(this.sight.report?.serves, at.wall);
    const seen = serves === null ? report : { ...report, serves };
    const looked = reports.reduce(
      (known, { serves: one }) => lookedAt(known, one),
      this.sight.looked ?? null,
    );
    this.sight = { report: seen, looked, at, live: true, lostBecause: '' };
  }

  #lost(fault: Fault | null): void {
    this.#dropBefore();
    const why = fault ? `The watch was lost: ${fault.message}` : 'The watch ended.';
    this.sight = { ...this.sight, live: false, lostBecause: why };
  }

  #retry(question: FleetText): void {
    const wait = RETRY_AFTER[Math.min(this.#failures, RETRY_AFTER.length - 1)] ?? 30_000;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#open(question), wait);
  }

  #dropBefore(): void {
    this.#before?.close();
    this.#before = null;
  }
}
