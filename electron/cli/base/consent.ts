import type { Plan } from '../../../shared/plan/model/plan';
import type { Problem } from '../../../shared/base/problem';
import type { Invocation } from './arguments';
import { planSummary } from '../text/plan';
import { notNamed, unnamedBy } from '../../../shared/plan/consent';
import type { World } from './world';

export type Consent =
  | { readonly kind: 'given'; readonly erase: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'usage'; readonly complaint: string; readonly fix: string };

/**
 * The person's consent to a plan: `--yes` and an `--erase` for every server that is erased, or the same typed on a
 * terminal, the name of each erased server letter by letter. A plan without steps needs none.
 */
export async function consentTo(
  view: Plan,
  { yes, erase }: Pick<Invocation, 'yes' | 'erase'>,
  world: World,
): Promise<Consent> {
  if (view.steps.length === 0) return { kind: 'given', erase };
  const ids = unnamedBy(view, erase);
  if (yes) return ids.length === 0 ? { kind: 'given', erase } : refuse(ids.map(notNamed));
  const needed = ['--yes', ...ids.map((id) => `--erase ${id}`)].join(' ');
  const answer = await world.askLine(`\n${planSummary(view)}\nType yes to carry it out: `);
  if (answer === null)
    return {
      kind: 'usage',
      complaint: 'there is no terminal to ask on',
      fix: `To carry the plan out add: ${needed}`,
    };
  if (answer.trim() !== 'yes') return refuse([declined]);
  for (const id of ids) {
    const typed = await world.askLine(
      `${world.paintSaid.bad(`The whole database of ${id} will be erased`)} and replaced. Type its name to allow it: `,
    );
    if (typed?.trim() !== id) return refuse([notNamed(id)]);
  }
  return { kind: 'given', erase: [...erase, ...ids] };
}

const refuse = (problems: readonly Problem[]): Consent => ({ kind: 'refused', problems });

const declined: Problem = {
  severity: 'error',
  code: 'declined',
  server: null,
  message: 'The plan was not agreed to.',
  fix: 'Type yes, or pass --yes.',
  where: {},
};
