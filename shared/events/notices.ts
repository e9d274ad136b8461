import { isoOfMicros } from '../base/micros';
import { count, messageAndFix } from '../base/sentences';
import { certificateKey } from './certificates-due';
import type { CertificateDue } from './certificate-due';
import type { FleetEvent } from './fleet-event';
import type { Standing } from './steady';
import { endText, subjectText, verdictText } from './words';

/** What a person is told by the desktop. It may hold what servers said: quote it for where it is shown. */
export interface Notice {
  readonly title: string;
  readonly text: string;
}

type Verdict = FleetEvent & { readonly kind: 'broke' | 'healed' };
type Due = CertificateDue;

/** More at once are one notice: a network that went away is one thing to a person. */
const MOST = 3;

/**
 * Which of what happened a person is told: that something broke or healed, which two looks agreed on, and certificates
 * that end. What is merely not known is no notice: a laptop is often out of reach of its servers. In quiet hours all is held
 * back; after them what still stands is told, and what broke and healed meanwhile is not.
 */
export class Notices {
  /** What was told as broken, and not as healed since. */
  private readonly told = new Set<string>();
  private readonly held = new Map<string, Verdict | Due>();

  /** Whether a certificate is still to be told of: after quiet hours. */
  isHeld({ use, server }: CertificateDue): boolean {
    return this.held.has(certificateKey({ use, server }));
  }

  /**
   * @param quiet whether nobody is to be told now.
   * @param standing what is wrong after these events: nothing else is told as broken, and what left the fleet is forgotten.
   * @returns what is told now.
   */
  look(events: readonly FleetEvent[], quiet: boolean, standing: readonly Standing[]): readonly Notice[] {
    for (const event of events) {
      if (event.kind === 'certificate-due') this.held.set(certificateKey(event), event);
      if (event.kind === 'certificate-changed') this.held.delete(certificateKey(event));
      if (event.kind === 'broke' || event.kind === 'healed') this.take({ ...event, kind: event.kind });
    }
    this.forgetAllBut(new Set(standing.map(({ subject }) => subjectText(subject))));
    if (quiet || this.held.size === 0) return [];
    const held = [...this.held.values()];
    this.held.clear();
    for (const event of held) {
      if (event.kind === 'broke') this.told.add(subjectText(event.subject));
      if (event.kind === 'healed') this.told.delete(subjectText(event.subject));
    }
    const urgent = [...held].sort((a, b) => kindOf(a) - kindOf(b));
    const notices = urgent.map(noticeOf);
    if (notices.length <= MOST) return notices;
    const titles = notices.map(({ title }) => title);
    const counts = KINDS.flatMap((words, kind) => {
      const count = urgent.filter((it) => kindOf(it) === kind).length;
      return count === 0 ? [] : [words(count)];
    });
    const more = titles.length - MOST;
    return [{ title: counts.join(', '), text: `${titles.slice(0, MOST).join('. ')}. And ${more} more.` }];
  }

  private forgetAllBut(standing: ReadonlySet<string>): void {
    for (const [key, { kind }] of this.held)
      if (kind === 'broke' && !standing.has(key)) this.held.delete(key);
    // What healed and is held back stands no more, and is to be told.
    for (const key of this.told)
      if (!standing.has(key) && this.held.get(key)?.kind !== 'healed') this.told.delete(key);
  }

  private take(event: Verdict): void {
    const key = subjectText(event.subject);
    // Only what is not as it was told is news.
    if ((event.kind === 'broke') === this.told.has(key)) this.held.delete(key);
    else this.held.set(key, event);
  }
}

/** Kinds of notices in words, by how soon a person must know of them. */
const KINDS: readonly ((n: number) => string)[] = [
  (n) => `${n} broke`,
  (n) => `${count(n, 'certificate')} ended`,
  (n) => `${count(n, 'certificate')} to be renewed`,
  (n) => `${n} healed`,
];

/** Its place in `KINDS`. */
function kindOf(event: Verdict | Due): number {
  if (event.kind === 'certificate-due') return event.days === 0 ? 1 : 2;
  return event.kind === 'broke' ? 0 : 3;
}

function noticeOf(event: Verdict | Due): Notice {
  if (event.kind === 'certificate-due')
    return {
      title: `${event.server}: its ${event.use} certificate ${endText(event.days)}`,
      text: `It is valid until ${event.notAfter}.`,
    };
  const lines = (event.proof ?? []).flatMap(({ server, at }) =>
    at === null ? [] : [`${server} at ${isoOfMicros(at).slice(11, 19)} UTC`],
  );
  const evidence = lines.length === 0 ? '' : `In the log of ${lines.slice(0, 2).join(', ')}.`;
  return {
    title: verdictText(event.subject, event.kind),
    text: [messageAndFix({ message: event.cause, fix: event.fix }), evidence]
      .filter((it) => it !== '')
      .join(' '),
  };
}
