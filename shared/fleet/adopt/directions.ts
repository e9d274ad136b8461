import type { RuleCode } from '../rules/registry';
import { fail, ok, type Result } from '../../base/result';
import { allowsPull, pulls } from '../../server-config/server-config';
import type { AdoptedPair, AdoptedTable } from './adopted-fleet';
import { joinNames } from '../../base/join-names';
import { groupsOf, possiblePrimaries, spread } from './reachability';

/** A pair with its direction: whose data wins, how that is known, and whether both pull. */
export interface DirectedPair {
  readonly pair: AdoptedPair;
  readonly supplier: string;
  readonly consumer: string;
  readonly mutual: boolean;
  /** `automatic_refresh`, `pull` against `allow-pull`, the only way the other links leave, or the primary that was named. */
  readonly because: 'automatic-refresh' | 'type' | 'other-links' | 'primary';
}

/** What only a person knows: whose data wins among these linked servers. */
export interface PrimaryQuestion {
  readonly servers: readonly string[];
  /** Who could be the primary, given the links whose direction is known. */
  readonly candidates: readonly string[];
}

export interface Directions {
  readonly pairs: readonly DirectedPair[];
  /** Not empty: some pairs are missing above until these are answered. */
  readonly questions: readonly PrimaryQuestion[];
}

/** A pair's shape by its tables alone. */
interface Shape {
  readonly pair: AdoptedPair;
  readonly mutual: boolean;
  /** Whose data is replaced in a refresh; null: the tables do not tell. */
  readonly consumer: 0 | 1 | null;
  readonly because: 'automatic-refresh' | 'type';
  /** The types do not fit: this is what works today, and nobody may have meant it. A person's answer stands above it. */
  readonly misfit: boolean;
}

interface Part {
  readonly servers: readonly string[];
  readonly shapes: readonly Shape[];
}

/**
 * Infers which side of each pair is the supplier: the side that may refresh itself is the consumer, so is the side that
 * pulls from one that only allows it. What is left follows from the one server of each connected part whose data wins:
 * the only one that is possible, or the one that is named. Tables that do not fit each other say the direction of their
 * own pair, but nothing about the others. Linear in servers and pairs.
 * @param primaries named by a person; at most one for each connected part.
 * @returns a fault when a named primary is unknown, or contradicts what the servers' files say.
 */
export function inferDirections(
  ids: readonly string[],
  pairs: readonly AdoptedPair[],
  primaries: readonly string[],
): Result<Directions> {
  const known = new Set(ids);
  const unknown = primaries.find((id) => !known.has(id));
  if (unknown !== undefined) return fail(unknownPrimary(unknown, ids));
  const named = new Set(primaries);
  const directed: DirectedPair[] = [];
  const questions: PrimaryQuestion[] = [];
  for (const part of groupsOf(ids, pairs.map(shapeOf))) {
    const chosen = part.servers.filter((id) => named.has(id));
    const candidates = possiblePrimaries(part.servers, arrowsOf(part.shapes.map(open)));
    const fault = contradiction(chosen, candidates, part.servers);
    if (fault !== null) return fail(fault);
    const undecided = part.shapes.some((shape) => shape.consumer === null);
    const [only] = chosen.length > 0 ? chosen : candidates.length === 1 ? candidates : [];
    if (undecided && only === undefined && candidates.length > 1)
      questions.push({ servers: part.servers, candidates });
    const because = chosen.length > 0 && candidates.length > 1 ? 'primary' : 'other-links';
    directed.push(...directPart(part, only ?? null, undecided && candidates.length === 0, because));
  }
  return ok({ pairs: directed, questions });
}

/**
 * @param primary null: not known; only decided pairs get a direction then.
 * @param anyhow the files contradict each other: every pair is drawn all the same, and the check says what is wrong.
 */
function directPart(
  { servers, shapes }: Part,
  primary: string | null,
  anyhow: boolean,
  because: 'primary' | 'other-links',
): readonly DirectedPair[] {
  const asIs = arrowsOf(shapes);
  const fits = primary === null || possiblePrimaries(servers, asIs).includes(primary);
  const from = primary === null ? servers : [primary];
  const depth = primary === null && !anyhow ? null : spread(from, fits ? asIs : arrowsOf(shapes.map(open)));
  return shapes.flatMap((shape) => direct(shape, depth, because, fits) ?? []);
}

/** As if a misfit said nothing. */
const open = (shape: Shape): Shape => (shape.misfit ? { ...shape, consumer: null } : shape);

const unknownPrimary = (id: string, ids: readonly string[]) => ({
  code: 'adopt-unknown-primary' satisfies RuleCode,
  message: `There is no server ${id} among the adopted ones.`,
  fix: `Name one of ${joinNames(ids)} as the primary.`,
  where: { server: id },
});

function contradiction(chosen: readonly string[], candidates: readonly string[], servers: readonly string[]) {
  const [first, second] = chosen;
  if (first !== undefined && second !== undefined)
    return {
      code: 'adopt-several-primaries' satisfies RuleCode,
      message: `${first} and ${second} are linked, so only one of them can be the primary.`,
      fix: 'Name one server for each group of linked servers.',
      where: { server: second },
    };
  if (first === undefined || candidates.includes(first)) return null;
  return {
    code: 'adopt-primary-contradicted' satisfies RuleCode,
    message: `${first} cannot be the primary: by the servers’ own files ${
      candidates.length === 0
        ? `none of ${joinNames(servers)} can`
        : `only ${joinNames(candidates, ' or ')} can, because others take their data from there`
    }.`,
    fix:
      candidates.length === 0
        ? 'Adopt them without naming a primary; the links that contradict each other are shown then.'
        : `Name ${joinNames(candidates, ' or ')}. To make ${first} the primary, adopt first and reverse links after.`,
    where: { server: first },
  };
}

/** @param fits the primary goes with what the misfits do today. */
function direct(
  { pair, mutual, consumer, because, misfit }: Shape,
  depth: ReadonlyMap<string, number> | null,
  otherwise: 'primary' | 'other-links',
  fits: boolean,
): DirectedPair | null {
  const [first, second] = pair.servers;
  const far = (id: string): number => depth?.get(id) ?? 0;
  if (consumer !== null) {
    const [supplier, of] = consumer === 1 ? [first, second] : [second, first];
    // Whose data wins is said in another way: both pull then, for the pull that works today stays.
    if (misfit && !fits && far(supplier) > far(of))
      return { pair, supplier: of, consumer: supplier, mutual: true, because: otherwise };
    return { pair, supplier, consumer: of, mutual, because };
  }
  if (depth === null) return null;
  // At the same distance from the primary neither takes its data from the other; the one given first supplies.
  const [supplier, of] = far(first) <= far(second) ? [first, second] : [second, first];
  return { pair, supplier, consumer: of, mutual, because: otherwise };
}

/**
 * What two tables make together. Only pulls that one side makes and the other allows work; where the types do not fit
 * (`mutual-pull` against `allow-pull`) the link is what works today.
 */
function shapeOf(pair: AdoptedPair): Shape {
  const [first, second] = pair.tables;
  const firstPulls = worksFor(first, second);
  const secondPulls = worksFor(second, first);
  const flags = [armed(first), armed(second)];
  const flagged = flags[0] === flags[1] ? null : flags[0] ? 0 : 1;
  if (firstPulls === secondPulls)
    return { pair, mutual: true, consumer: flagged, because: 'automatic-refresh', misfit: false };
  const consumer = firstPulls ? 0 : 1;
  const fit =
    first === null || second === null || (first.type !== 'mutual-pull' && second.type !== 'mutual-pull');
  return { pair, mutual: false, consumer, because: 'type', misfit: !fit && flagged !== consumer };
}

/** The owner of `own` pulls from its partner, as far as what is there tells; a side without a table has yet to get one. */
function worksFor(own: AdoptedTable | null, other: AdoptedTable | null): boolean {
  const wants = own === null ? other !== null && allowsPull(other.type) : pulls(own.type);
  const allowed = other === null ? own !== null && pulls(own.type) : allowsPull(other.type);
  return wants && allowed;
}

const armed = (table: AdoptedTable | null): boolean =>
  table !== null && table.automaticRefresh && pulls(table.type);

/** Ways data can take: along a decided pair, either way of an undecided one. */
function arrowsOf(shapes: readonly Shape[]) {
  return shapes.flatMap(({ pair: { servers }, consumer }) => {
    const [first, second] = servers;
    const decided = consumer !== null;
    return [
      ...(consumer === 0 ? [] : [{ from: first, to: second, decided }]),
      ...(consumer === 1 ? [] : [{ from: second, to: first, decided }]),
    ];
  });
}
