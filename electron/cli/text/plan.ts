import type { PlanView } from '../../../shared/ipc';
import { harmless, type Paint } from './paint';
import { indent } from './table';

/** A plan as a person reads it before consenting: step by step, what changes, what is at risk, what is erased. */
export function planText(view: PlanView, paint: Paint): string {
  if (view.steps.length === 0) return 'Nothing to do: the servers are as the fleet file says.';
  const digits = String(view.steps.length).length;
  const steps = view.steps.map((step) => {
    const lines = [`${step.id.padStart(digits)}. ${paint.strong(harmless(step.summary))}`];
    const more = [paint.quiet(harmless(step.why))];
    if (step.risk !== '') more.push(paint.warn(`Risk: ${harmless(step.risk)}`));
    if (step.erases.length > 0)
      more.push(paint.bad(`Erases the whole database of ${step.erases.join(' and ')}.`));
    if (step.diff !== '') more.push(diffText(step.diff, paint));
    return [...lines, indent(more.filter((line) => line !== '').join('\n'), digits + 2)].join('\n');
  });
  const masked = view.steps.some(({ diff }) => /^[+-].*partner_cert/m.test(diff));
  return [...steps, '', planSummary(view), ...(masked ? [paint.quiet(MASKED)] : [])].join('\n');
}

const MASKED =
  'In the diffs a certificate is shown as its fingerprint, or as “known after step N”; the file holds the certificate itself.';

/** `5 steps on idm-a, idm-b; erases the database of idm-b.` */
export function planSummary(view: PlanView): string {
  const servers = [...new Set(view.steps.map((step) => step.server))];
  const erased = erasedBy(view);
  const count = `${view.steps.length} ${view.steps.length === 1 ? 'step' : 'steps'} on ${servers.join(', ')}`;
  return `${count}; ${erased.length === 0 ? 'erases nothing' : `erases the database of ${erased.join(', ')}`}.`;
}

/** What a plan erases, in a line a server: it stands before everything else. Empty when it erases nothing. */
export const erasesText = (view: Pick<PlanView, 'steps'>, paint: Paint): string =>
  erasedBy(view)
    .map((id) =>
      paint.bad(`Erases the whole database of ${id}; nothing is merged. Name it with --erase ${id}.`),
    )
    .join('\n');

/** Every server the plan erases, once. */
export const erasedBy = (view: Pick<PlanView, 'steps'>): readonly string[] => [
  ...new Set(view.steps.flatMap((step) => step.erases)),
];

/** A unified diff with its lines coloured. */
export function diffText(diff: string, paint: Paint): string {
  return harmless(diff)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      if (/^(---|\+\+\+) /.test(line)) return paint.strong(line);
      if (line.startsWith('@@')) return paint.quiet(line);
      if (line.startsWith('+')) return paint.good(line);
      if (line.startsWith('-')) return paint.bad(line);
      return line;
    })
    .join('\n');
}
