import type { LogEvidence, SaidTrouble } from '../kanidmd/evidence';
import type { Round } from '../kanidmd/health';
import { distinctProofs, lastWordsOf, type Proof } from '../kanidmd/proof';

/** What was said outside a round that decided a verdict, and by whom. */
export interface Said {
  readonly by: 'consumer' | 'supplier';
  readonly trouble: SaidTrouble;
}

interface Judged {
  readonly consumer: string;
  readonly supplier: string;
  readonly supplierLog: LogEvidence | null;
}

/** A round's lines at its supplier may be this much apart from it. Microseconds. */
const APART = 2_000_000;

/**
 * The lines that prove a verdict: what was said that decided it, the newest round with all its lines, what the supplier
 * said meanwhile, and the last words of who does not answer.
 */
export function proofOf(
  { consumer, supplier, supplierLog }: Judged,
  newest: Round | undefined,
  said: Said | undefined,
  silent: string | null,
): readonly Proof[] {
  const at = (server: string, { at, wrote }: SaidTrouble): Proof => ({ server, span: null, at: wrote ?? at });
  const began = newest === undefined ? 0 : newest.at - (newest.took ?? 0) * 1000 - APART;
  const meanwhile = (supplierLog?.troubles ?? []).filter(
    (it) => newest !== undefined && it.at >= began && it.at <= newest.at + APART,
  );
  return distinctProofs([
    ...(silent === null ? [] : [lastWordsOf(silent)]),
    ...(said === undefined ? [] : [at(said.by === 'consumer' ? consumer : supplier, said.trouble)]),
    ...(newest === undefined ? [] : [{ server: consumer, span: newest.span, at: newest.at }]),
    ...meanwhile.map((it) => at(supplier, it)),
  ]);
}
