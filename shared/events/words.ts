import { count, messageAndFix } from '../base/sentences';
import { describePull } from '../fleet/model/fleet';
import type { FleetEvent, Subject } from './fleet-event';

type Of<K extends FleetEvent['kind']> = FleetEvent & { readonly kind: K };
type Words = { readonly [K in FleetEvent['kind']]: (event: Of<K>) => string };

/** What a verdict is about: `idm-a`, `idm-b ← idm-a`, `idm-a (logins)`, `idm-a (database)`. */
export const subjectText = (it: Subject): string =>
  `${'server' in it ? it.server : describePull(it)}${it.what === undefined ? '' : ` (${it.what})`}`;

type Verdict = 'broke' | 'healed' | 'lost';
const VERDICTS: Readonly<Record<Verdict, string>> = {
  broke: 'does not work',
  healed: 'works again',
  lost: 'is not known to work',
};
/** Of a database that was put back. That it is refreshed since is no proof. */
const PUT_BACK: Readonly<Record<Verdict, string>> = {
  broke: 'was restored to an older copy of its database',
  healed: 'lacks no change of its own any more',
  lost: 'was restored to an older copy of its database, and that this is over is not known',
};

/** What two looks agreed on, in one sentence: `idm-b ← idm-a does not work`. */
export const verdictText = (subject: Subject, kind: Verdict): string =>
  'server' in subject && subject.what === 'database'
    ? `${subject.server} ${PUT_BACK[kind]}`
    : `${subjectText(subject)} ${VERDICTS[kind]}`;

const why = ({ cause, fix }: { readonly cause: string; readonly fix: string }): string => {
  const words = messageAndFix({ message: cause, fix });
  return words === '' ? '' : `: ${words}`;
};
/** When a certificate ends: `ends within 7 days`; 0: `has ended`. */
export const endText = (days: number): string =>
  days === 0 ? 'has ended' : `ends within ${count(days, 'day')}`;
const verdict = (event: Of<Verdict>): string =>
  `${verdictText(event.subject, event.kind)}, a second look agrees${why(event)}`;

const words: Words = {
  'server-state': (it) => `${it.server} is ${it.to}${why(it)}`,
  'server-restarted': (it) => `${it.server} was restarted`,
  'server-version': (it) => `${it.server} runs ${it.to}, before ${it.from}`,
  'pull-health': (it) => `${subjectText(it)} is ${it.to}${why(it)}`,
  'pull-gone': (it) => `${subjectText(it)} is there no more`,
  'pull-refreshed': (it) => `${it.consumer} took over the database of ${it.supplier}`,
  'serves-state': (it) => `${it.server}: its HTTPS and logins: ${it.to}${why(it)}`,
  'logins-state': (it) => `${subjectText(it)}: logins: ${it.to}${why(it)}`,
  'certificate-changed': (it) => `${it.server} shows another ${it.use} certificate, ${it.to}`,
  'certificate-due': (it) => `${it.server}: its ${it.use} certificate ${endText(it.days)}, at ${it.notAfter}`,
  'problem-came': (it) => `${it.server ?? 'the fleet'}: ${messageAndFix(it)}`,
  'problem-went': (it) => `${it.server ?? 'the fleet'}: no more: ${it.message}`,
  broke: verdict,
  healed: verdict,
  lost: verdict,
  'deploy-began': (it) => `deploy ${it.deploy} began (${it.job})`,
  'deploy-ended': (it) => `deploy ${it.deploy} ended: ${it.outcome}`,
  'log-trouble': (it) => `${it.server}: ${messageAndFix(it)}`,
  'watch-interrupted': (it) =>
    `nothing was seen for ${Math.round(it.forMs / 1000)} s: a clock was set, or the computer slept`,
};

/** What happened, in one sentence. It may hold what servers said: quote it for where it is shown. */
export function eventWords(event: FleetEvent): string {
  const say = words[event.kind] as (event: FleetEvent) => string;
  return say(event);
}
