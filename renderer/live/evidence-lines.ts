import type { Proof } from '../../shared/kanidmd/proof';
import type { HeldLine } from './log/log-store';

/** A line of the log, and whether it is one of those that prove what is said. */
export interface EvidenceLine {
  readonly line: HeldLine;
  readonly proves: boolean;
  /** Lines between it and the one before are left out. */
  readonly gap: boolean;
}

/** Lines shown before and after each that proves something. */
const AROUND = 3;
/** The last lines of a server that does not answer. */
const LAST_WORDS = 6;
/** How far back is looked, lines. */
const FARTHEST = 200_000;

/**
 * The lines that prove something, with those around them, in the order of the log; whatever the person's filter hides.
 * @param lines all that are held, by time.
 */
export function evidenceOf(
  lines: readonly HeldLine[],
  proofs: readonly Proof[],
  around = AROUND,
): readonly EvidenceLine[] {
  const proving = provingOf(lines, proofs);
  const shown = new Set<number>();
  for (const at of proving)
    for (let near = at - around; near <= at + around; near += 1)
      if (near >= 0 && near < lines.length) shown.add(near);
  return [...shown]
    .sort((a, b) => a - b)
    .flatMap((at, nth, all) => {
      const line = lines[at];
      const gap = nth > 0 && at - (all[nth - 1] ?? at) > 1;
      return line === undefined ? [] : [{ line, proves: proving.has(at), gap }];
    });
}

function provingOf(lines: readonly HeldLine[], proofs: readonly Proof[]): ReadonlySet<number> {
  const found = new Set<number>();
  const left = new Map(
    proofs.flatMap(({ server, at }) => (at === null ? [[server, LAST_WORDS] as [string, number]] : [])),
  );
  const first = Math.max(0, lines.length - FARTHEST);
  for (let at = lines.length - 1; at >= first; at -= 1) {
    const line = lines[at];
    if (line === undefined) continue;
    const last = left.get(line.server) ?? 0;
    if (last > 0) left.set(line.server, last - 1);
    if (last > 0 || proofs.some((proof) => isOf(line, proof))) found.add(at);
  }
  return found;
}

/** A span's uuid stands at the head of each of its lines. */
const isOf = (line: HeldLine, { server, span, at }: Proof): boolean =>
  line.server === server && at !== null && (span === null ? line.at === at : line.raw.includes(span));
