import { erasedBy } from '../../../shared/plan/consent';
import { AROUND_STEPS } from '../../../shared/plan/make/step-words';
import type { Plan } from '../../../shared/plan/model/plan';
import { escapeControls } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';
import { indent } from './table';

/** A plan as a person reads it before consenting: step by step, what changes, what is at risk, what is erased. */
export function planText(view: Plan, paint: Paint): string {
  if (view.steps.length === 0) return 'Nothing to do: the servers are as the fleet file says.';
  const digits = String(view.steps.length).length;
  const steps = view.steps.map((step) => {
    const lines = [`${step.id.padStart(digits)}. ${paint.strong(escapeControls(step.summary))}`];
    const more = [paint.quiet(escapeControls(step.why))];
    if (step.risk !== '') more.push(paint.warn(`Risk: ${escapeControls(step.risk)}`));
    if (step.erases.length > 0)
      more.push(paint.bad(`Erases the whole database of ${step.erases.join(' and ')}.`));
    if ('reads' in step && step.reads !== undefined && step.reads !== '')
      more.push(`It will read:\n${indent(escapeControls(step.reads.trimEnd()), 2)}`);
    if (step.diff !== '') more.push(diffText(step.diff, paint));
    return [...lines, indent(more.filter((line) => line !== '').join('\n'), digits + 2)].join('\n');
  });
  const masked = view.steps.some(({ diff }) => /^[+-].*partner_cert/m.test(diff));
  return [
    ...steps,
    '',
    planSummary(view),
    paint.quiet(`A deploy takes these steps, in this order. ${AROUND_STEPS}`),
    ...(masked ? [paint.quiet(MASKED)] : []),
  ].join('\n');
}

const MASKED =
  'In the diffs a certificate is shown as its fingerprint, or as “known after step N”; the file holds the certificate itself.';

/** `5 steps on idm-a, idm-b; erases the database of idm-b.` */
export function planSummary(view: Plan): string {
  const servers = [...new Set(view.steps.map((step) => step.server))];
  const erased = erasedBy(view);
  const count = `${view.steps.length} ${view.steps.length === 1 ? 'step' : 'steps'} on ${servers.join(', ')}`;
  return `${count}; ${erased.length === 0 ? 'erases nothing' : `erases the database of ${erased.join(', ')}`}.`;
}

/**
 * What a plan erases, in a line a server: it stands before everything else. Empty when it erases nothing.
 * @param named the servers whose erasure the person has allowed already.
 */
export const erasesText = (view: Pick<Plan, 'steps'>, paint: Paint, named: readonly string[] = []): string =>
  erasedBy(view)
    .map((id) => {
      const allowed = named.includes(id) ? `Allowed by --erase ${id}.` : `To allow it, add --erase ${id}.`;
      return paint.bad(`Erases the whole database of ${id}; nothing is merged. ${allowed}`);
    })
    .join('\n');

/** A unified diff with its lines coloured. */
export function diffText(diff: string, paint: Paint): string {
  return escapeControls(diff.replaceAll('\r\n', '\n'))
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
