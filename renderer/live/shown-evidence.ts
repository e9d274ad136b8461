import type { Proof } from '../../shared/kanidmd/proof';
import type { HeldLine } from './log/log-store';
import { type EvidenceLine, evidenceOf } from './evidence-lines';

/** What the evidence view shows: the lines as they were when it was asked for. */
export interface ShownEvidence {
  readonly title: string;
  readonly lines: readonly EvidenceLine[];
}

/** What proves something, out of all lines that are held. */
export const gatherEvidence = (
  title: string,
  lines: readonly HeldLine[],
  proofs: readonly Proof[],
): ShownEvidence => ({ title, lines: evidenceOf(lines, proofs) });
