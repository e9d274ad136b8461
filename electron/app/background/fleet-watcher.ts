import { basename } from 'node:path';
import type { CertificateDue } from '../../../shared/events/certificate-due';
import { Noticed } from '../../../shared/events/noticed';
import { type Notice, Notices } from '../../../shared/events/notices';
import { stateWords } from '../../../shared/events/state-words';
import { elapsed, jumped, type Moment } from '../../../shared/base/moment';
import { readFleet } from '../../../shared/fleet/read/read-fleet';
import { BELIEVED_FOR, type FleetText, type FromWindow, streams, type ToWindow } from '../../../shared/ipc';
import type { StatusReport } from '../../../shared/observed/status';
import type { ServesReport } from '../../../shared/serves/serves';
import { stillBroken } from '../../../shared/serves/still-believed';

/** Fleets of which it is remembered what was told; beyond them the oldest is forgotten. */
const MOST_FLEETS = 20;

export interface WatcherParts {
  readonly now: () => Moment;
  readonly isQuiet: () => boolean;
  /** Certificates that were told of at earlier starts, by the path of a fleet. */
  readonly toldBefore: (path: string) => readonly CertificateDue[];
  readonly certificatesTold: (path: string, told: readonly CertificateDue[]) => void;
  readonly tell: (notice: Notice) => void;
  /** The state in words changed. */
  readonly changed: (words: string) => void;
}

interface WatchedFleet {
  readonly noticed: Noticed;
  readonly notices: Notices;
  /** What was said of its logins last, by this watch or by the one before. */
  serves: ServesReport | undefined;
  /** The certificates that are kept as told, as JSON. */
  kept: string;
}

function watchedAfter(told: readonly CertificateDue[]): WatchedFleet {
  const noticed = new Noticed(told);
  return { noticed, notices: new Notices(), serves: undefined, kept: JSON.stringify(noticed.due) };
}

/** The watch the window has open. */
interface Watch {
  readonly id: string;
  readonly path: string;
  /** The servers it asks, by their ids. */
  readonly asked: readonly string[];
}

/**
 * Listens to the watch that the window has open, on its way through the app: the worst state in words, and what a person
 * is told by the desktop. It asks no server and opens no watch of its own, so nothing is watched that nobody trusts.
 */
export class FleetWatcher {
  private readonly fleets = new Map<string, WatchedFleet>();
  private watch: Watch | null = null;
  private report: { readonly path: string; readonly seen: StatusReport; readonly at: Moment } | null = null;
  private words = '';
  /** Since when the computer sleeps. */
  private asleep: Moment | null = null;

  constructor(private readonly parts: WatcherParts) {}

  /** Hears what the window sends to the engine. */
  sent(message: FromWindow): void {
    if (message.kind === 'cancel' && message.id === this.watch?.id) {
      this.watch = null;
      this.say();
    }
    if (message.kind !== 'open' || message.name !== 'watch') return;
    const question = streams.watch.question.safeParse(message.question);
    if (!question.success) return;
    const path = question.data.fleet.path ?? '';
    if (this.report?.path !== path) this.report = null;
    this.watch = { id: message.id, path, asked: serversOf(question.data.fleet) };
    this.say();
  }

  /** Hears what the engine sends to the window. */
  received(message: ToWindow): void {
    if (this.watch === null || !('id' in message) || message.id !== this.watch.id) return;
    const { watch } = this;
    if (message.kind === 'end') {
      this.watch = null;
      this.report = null;
    }
    if (message.kind === 'items')
      for (const item of message.items) {
        const read = streams.watch.item.safeParse(item);
        if (read.success) this.look(read.data, watch);
      }
    this.say();
  }

  /** The computer goes to sleep: nothing is known until servers were read again. */
  suspend(): void {
    this.asleep = this.parts.now();
    this.report = null;
    this.say();
  }

  /** It woke up; what the engine reads from now on counts. */
  resume(): void {
    this.asleep = null;
  }

  /** To be called now and then: what is known grows old, and quiet hours end. */
  tick(): void {
    const { report, watch } = this;
    const now = this.parts.now();
    if (report !== null && (jumped(report.at, now) || elapsed(report.at, now) > BELIEVED_FOR))
      this.report = null;
    // What was held back stands only as long as what was seen is believed.
    const watched = watch === null ? undefined : this.fleets.get(watch.path);
    if (watch !== null && watched !== undefined && this.report !== null) this.tell(watch.path, watched, []);
    this.say();
  }

  private look(seen: StatusReport, { path, asked }: Watch): void {
    const at = this.parts.now();
    if (this.asleep !== null) {
      // What was on its way when it fell asleep; some systems never say that it woke up, and the clocks do.
      if (jumped(this.asleep, at)) this.asleep = null;
      return;
    }
    const watched = this.of(path);
    const serves = seen.serves ?? stillBroken(servesOf(asked, watched.serves), at.wall);
    if (serves !== null) watched.serves = serves;
    this.report = { path, seen: serves === null ? seen : { ...seen, serves }, at };
    this.tell(path, watched, watched.noticed.look(seen, at, asked));
  }

  private tell(path: string, watched: WatchedFleet, events: ReturnType<Noticed['look']>): void {
    const { noticed, notices } = watched;
    for (const notice of notices.look(events, this.parts.isQuiet(), noticed.standing))
      this.parts.tell(notice);
    // What is held back was told to nobody: a start after this one tells it.
    const told = noticed.due.filter((it) => !notices.isHeld(it));
    const kept = JSON.stringify(told);
    if (kept === watched.kept) return;
    watched.kept = kept;
    this.parts.certificatesTold(path, told);
  }

  private of(path: string): WatchedFleet {
    const known = this.fleets.get(path) ?? watchedAfter(this.parts.toldBefore(path));
    this.fleets.delete(path);
    this.fleets.set(path, known);
    for (const oldest of this.fleets.keys()) {
      if (this.fleets.size <= MOST_FLEETS) break;
      this.fleets.delete(oldest);
    }
    return known;
  }

  private say(): void {
    const { watch, report } = this;
    const words =
      watch === null
        ? 'No fleet is watched.'
        : `${nameOf(watch.path)}: ${stateWords(report?.seen ?? null, watch.asked)}`;
    if (words === this.words) return;
    this.words = words;
    this.parts.changed(words);
  }
}

/** The servers of a fleet, by their ids; none of a text that cannot be read, for no watch answers of it. */
const serversOf = ({ text, path }: FleetText): readonly string[] =>
  readFleet(text, path).fleet?.servers.map(({ id }) => id) ?? [];

/** What was said of logins of servers that are in the fleet still. */
function servesOf(asked: readonly string[], serves: ServesReport | undefined): ServesReport | undefined {
  const ids = new Set(asked);
  return serves === undefined
    ? undefined
    : {
        servers: serves.servers.filter(({ server }) => ids.has(server)),
        logins: serves.logins.filter(({ consumer, supplier }) => ids.has(consumer) && ids.has(supplier)),
      };
}

const nameOf = (path: string): string => (path === '' ? 'A new fleet' : basename(path));
