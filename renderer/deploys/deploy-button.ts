import type { Plan } from '../../shared/plan/model/plan';
import { count, list } from '../base/words';
import { howMuch } from './plan-words';

/** What the button that leads to a deploy goes by. */
export interface DeployKnown {
  /** A deploy of this window runs. */
  readonly active: boolean;
  /** A deploy must be resumed or rolled back first. */
  readonly interrupted: boolean;
  /** Whether one must be is not known: its journals are not read. */
  readonly unsure: boolean;
  /** The plan for the fleet as drawn; null: none, or for another drawing. */
  readonly plan: Plan | null;
  readonly asking: boolean;
  /** Servers that are not read now. */
  readonly notRead: readonly string[];
}

export interface DeployButton {
  readonly label: string;
  /** Nothing is to be done, for certain. */
  readonly nothing: boolean;
}

/**
 * What the button says it knows: `Review & deploy · 3 changes`. That there are none it says only of a plan that read every
 * server and was made in full.
 */
export function deployButton({
  active,
  interrupted,
  unsure,
  plan,
  asking,
  notRead,
}: DeployKnown): DeployButton {
  const is = (what: string): DeployButton => ({
    label: what === '' ? 'Review & deploy' : `Review & deploy · ${what}`,
    nothing: false,
  });
  if (active) return { label: 'Deploying…', nothing: false };
  if (interrupted) return is('interrupted');
  const unread = new Set([...notRead, ...(plan?.notRead ?? [])]);
  const missing = unread.size === 0 ? [] : [`${count(unread.size, 'server')} not read`];
  if (plan === null) return is(asking ? 'planning…' : missing.join(''));
  if (plan.steps.length > 0) return is([howMuch(plan), ...missing].join(', '));
  if (missing.length > 0) return is(missing.join(''));
  if (plan.blocked) return is('held back');
  if (unsure) return is('past deploys not read');
  return { ...is('no changes'), nothing: true };
}

/** What stands where the steps would be, when there are none; null: there are some. */
export function nothingToDo(
  plan: Plan,
  notReadNow: readonly string[] = [],
): { readonly title: string; readonly text: string } | null {
  if (plan.steps.length > 0) return null;
  const notRead = [...new Set([...notReadNow, ...(plan.notRead ?? [])])];
  const besides = plan.problems.some(
    ({ severity, server }) => severity === 'error' && !notRead.includes(server ?? ''),
  );
  if (plan.blocked && (besides || notRead.length === 0))
    return { title: 'Blocked', text: 'The problems say why.' };
  if (notRead.length > 0)
    return {
      title: `${count(notRead.length, 'server')} not read`,
      text: `What has to be done on ${list(notRead)} is not known; nothing on the others.`,
    };
  return { title: 'Nothing to do', text: 'The servers already are as the fleet says.' };
}
