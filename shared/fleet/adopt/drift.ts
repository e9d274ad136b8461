import { describeLink, describePull } from '../model/fleet';
import type { Problem } from '../../base/problem';
import { ruleProblem } from '../rules/registry';
import type { DirectedPair } from './directions';
import type { AdoptedPair, AdoptedTable } from './adopted-fleet';

/** What a link cannot say of two servers' tables, or only one of them says. Reported when adopting, never put right. */

/** How the tables of a pair differ from the link that is drawn for it. */
export function driftOf(drawn: DirectedPair, automaticRefresh: boolean): readonly Problem[] {
  const { pair, supplier, consumer, mutual } = drawn;
  const [first, second] = pair.tables;
  const [consumers, suppliers] = pair.servers[0] === consumer ? [first, second] : [second, first];
  const where = { link: describeLink(drawn) };
  return [
    ...oneSided(supplier, consumer, consumers, suppliers, where),
    ...different(
      [
        { id: consumer, table: consumers, type: mutual ? 'mutual-pull' : 'pull', automaticRefresh },
        {
          id: supplier,
          table: suppliers,
          type: mutual ? 'mutual-pull' : 'allow-pull',
          automaticRefresh: false,
        },
      ],
      where,
    ),
    ...wrongPin(consumer, supplier, consumers),
    ...wrongPin(supplier, consumer, suppliers),
  ];
}

/** Both only allow the other to pull. */
export function uselessPair({ servers }: AdoptedPair): Problem {
  const [first, second] = servers;
  return ruleProblem(
    'link-useless',
    null,
    `${first} and ${second} only allow each other to pull, and neither does: nothing replicates, and no link is drawn.`,
    'Draw the link that was meant; without one a deploy takes both tables out.',
    { link: `${first} → ${second}` },
  );
}

function oneSided(
  supplier: string,
  consumer: string,
  consumers: AdoptedTable | null,
  suppliers: AdoptedTable | null,
  where: Problem['where'],
): readonly Problem[] {
  if (consumers !== null && suppliers !== null) return [];
  const [has, lacks] = consumers === null ? [supplier, consumer] : [consumer, supplier];
  return [
    ruleProblem(
      'link-one-sided',
      lacks,
      `${has} has a table for ${lacks}, but ${lacks} has none for ${has}: nothing replicates between them.`,
      'Deploy: it writes the missing side. Or remove the link.',
      { ...where, server: lacks },
    ),
  ];
}

interface End {
  readonly id: string;
  readonly table: AdoptedTable | null;
  readonly type: AdoptedTable['type'];
  readonly automaticRefresh: boolean;
}

function different(ends: readonly End[], where: { readonly link: string }): readonly Problem[] {
  const said = ends.flatMap(({ id, table, type, automaticRefresh }) =>
    table === null || (table.type === type && table.automaticRefresh === automaticRefresh)
      ? []
      : [`${id} has ${inWords(table)} and would get ${inWords({ type, automaticRefresh })}`],
  );
  if (said.length === 0) return [];
  return [
    ruleProblem(
      'link-differs',
      null,
      `A link cannot say how ${where.link} is on the servers: ${said.join('; ')}.`,
      'Nothing is changed until you deploy. Change the link first if it is to be otherwise.',
      where,
    ),
  ];
}

const inWords = ({ type, automaticRefresh }: Pick<AdoptedTable, 'type' | 'automaticRefresh'>): string =>
  `${type}${automaticRefresh ? ' with automatic_refresh' : ''}`;

function wrongPin(id: string, partner: string, table: AdoptedTable | null): readonly Problem[] {
  if (table?.pinIsLive !== false) return [];
  return [
    ruleProblem(
      'pin-differs',
      id,
      `${id} pins another certificate for ${partner} than ${partner} shows now.`,
      'Deploy: it pins the current certificate. If nobody renewed it, find out first who answers there.',
      { server: id, link: describePull({ consumer: id, supplier: partner }) },
    ),
  ];
}
