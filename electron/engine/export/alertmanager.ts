import { endText, verdictText } from '../../../shared/events/words';
import type { CertificateDue } from '../../../shared/events/certificate-due';
import type { Subject } from '../../../shared/events/fleet-event';
import type { Standing } from '../../../shared/events/steady';
import { messageAndFix } from '../../../shared/base/sentences';
import { withoutTrailing } from '../../../shared/base/without-trailing';
import { retryAfter } from '../../../shared/base/retry-after';
import { SaidOnce } from './said-once';
import type { SenderParts } from './webhook';
import type { Target } from './post';

/** How often alerts that stand are said again, in milliseconds; they end by themselves after four times as long. */
const REPEAT_MS = 60_000;
const ENDS_AFTER = 4 * REPEAT_MS;

/** The address of the v2 API of an Alertmanager. */
export function alertsOf(target: Target): Target {
  const url = new URL(target.url);
  url.pathname = `${withoutTrailing(url.pathname, '/')}/api/v2/alerts`;
  return { ...target, url };
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What stands in a fleet. */
export interface Stands {
  readonly standing: readonly Standing[];
  readonly due: readonly CertificateDue[];
}

/** Certificates that end within so many days are alerts. */
const ALERT_DAYS = 7;

/**
 * Keeps an Alertmanager told of what stands: verdicts that two looks agreed on, and certificates that end within 7 days.
 * Only the newest state waits, never a queue. A watcher that dies leaves no alert behind: each ends by itself, which an
 * Alertmanager tells as resolved. So the watcher needs an alert of its own, elsewhere.
 */
export class Alertmanager {
  private stands: Stands = { standing: [], due: [] };
  /** Which alerts stand, in one string. */
  private known = '';
  /** Alerts that were told and stand no more; until that was told, too. */
  private open = new Map<string, Alert>();
  private changed = false;
  private wake: (() => void) | null = null;
  private readonly trouble: SaidOnce;

  constructor(private readonly parts: SenderParts) {
    this.trouble = new SaidOnce(parts.say);
  }

  /** Takes what stands now; what is new, or stands no more, is told at once. */
  look(stands: Stands): void {
    this.stands = stands;
    const known = [...this.alerts().keys()].join('\n');
    if (known === this.known) return;
    this.known = known;
    this.changed = true;
    this.wake?.();
  }

  /** Tells until the signal aborts. Never fails. */
  async run(): Promise<void> {
    const { signal, clock, random = Math.random } = this.parts;
    let failures = 0;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      this.changed = false;
      const sent = await this.send(signal);
      failures = sent ? 0 : failures + 1;
      if (isOver()) return;
      await this.rest(sent ? REPEAT_MS : retryAfter(failures, random()), sent, clock.sleep);
    }
  }

  private async send(signal: AbortSignal): Promise<boolean> {
    const { post, target, metrics, clock } = this.parts;
    const now = this.alerts();
    const endsAt = new Date(clock.now()).toISOString();
    const over = [...this.open].filter(([key]) => !now.has(key)).map(([, alert]) => ({ ...alert, endsAt }));
    const alerts = [...now.values(), ...over];
    // Alerts that may have arrived although the answer was lost are taken back, too.
    for (const [key, alert] of now) this.open.set(key, alert);
    if (alerts.length === 0) return true;
    const name = `kanilink: the Alertmanager at ${target.shown}`;
    const posted = await post(target, JSON.stringify(alerts), signal);
    if (posted.kind !== 'sent') {
      metrics.count('alertmanager', 'failed');
      if (!signal.aborted) this.trouble.failed(`${name} did not take alerts: ${posted.why}.`);
      return false;
    }
    metrics.count('alertmanager', 'delivered');
    this.trouble.worked(`${name} takes alerts again.`);
    this.open = now;
    return true;
  }

  private alerts(): Map<string, Alert> {
    const now = this.parts.clock.now();
    const endsAt = new Date(now + ENDS_AFTER).toISOString();
    const { fleet } = this.parts;
    const of = (
      alertname: string,
      labels: Alert['labels'],
      at: number,
      words: Alert['annotations'],
    ): [string, Alert] => [
      JSON.stringify([alertname, labels]),
      {
        labels: { alertname, fleet, ...labels },
        annotations: words,
        // A clock that was set back must not have it begin after its end.
        startsAt: new Date(Math.min(at, now)).toISOString(),
        endsAt,
      },
    ];
    return new Map([
      ...this.stands.standing.map(({ subject, event }) =>
        of(nameOf(subject, event.kind), subject, event.since, {
          summary: verdictText(subject, event.kind),
          description: messageAndFix({ message: event.cause, fix: event.fix }).trim(),
        }),
      ),
      ...this.stands.due
        .filter(({ days }) => days <= ALERT_DAYS)
        .map(({ server, use, days, at, notAfter }) =>
          of(days === 0 ? 'KanilinkCertificateEnded' : 'KanilinkCertificateDue', { server, use }, at, {
            summary: `${server}: its ${use} certificate ${endText(days)}`,
            description: `It ends at ${notAfter}.`,
          }),
        ),
    ]);
  }

  private async rest(ms: number, untilNews: boolean, sleep: SenderParts['clock']['sleep']): Promise<void> {
    if (untilNews && this.changed) return;
    const over = new AbortController();
    const end = (): void => over.abort();
    this.parts.signal.addEventListener('abort', end, { once: true });
    if (untilNews) this.wake = end;
    await sleep(ms, over.signal);
    this.wake = null;
    this.parts.signal.removeEventListener('abort', end);
  }
}

/** As the guide lists them; what the rules find in metrics has the same name there. */
function nameOf(subject: Subject, kind: 'broke' | 'lost'): string {
  if (subject.what === 'database') return kind === 'broke' ? 'KanilinkWentBack' : 'KanilinkWentBackUnproved';
  const about = `${'server' in subject ? 'Server' : 'Pull'}${subject.what === 'logins' ? 'Logins' : ''}`;
  return `Kanilink${about}${kind === 'broke' ? 'Broken' : 'Unknown'}`;
}
