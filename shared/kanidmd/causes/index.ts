import type { Trouble } from '../health';
import type { Cause } from './cause';
import { consumerCauses } from './consumer';
import { supplierCauses } from './supplier';

/**
 * What kanidmd's lines of trouble mean: the table of (`kanidm.md`, "What the lines mean"), as data. What a server
 * says as a supplier is told apart from what it says as a consumer: in a mutual link both stand in one log. A span with
 * several causes takes the most specific.
 */
export const allCauses: readonly Cause[] = [...supplierCauses, ...consumerCauses];

/** The trouble a line tells of; null when it tells of none. */
export function troubleOf(message: string): Trouble | null {
  return mostSpecific([message]);
}

/**
 * The most specific trouble among a span's lines; null when none of them is one.
 * @param messages without the line's head and icon, as `readLine` gives them.
 */
export function mostSpecific(messages: readonly string[]): Trouble | null {
  const heard = messages.map((message) => message.slice(0, LONGEST));
  for (const { code, phrases, health, cause, fix, remedy } of allCauses) {
    const evidence = heard.find((message) => phrases.some(({ says }) => says.test(message)));
    if (evidence === undefined) continue;
    const said = { code, health, cause, fix, evidence: evidence.slice(0, 500) };
    return remedy === undefined ? said : { ...said, remedy };
  }
  return null;
}

/** What a cause means, said of something else than a line of a log. */
export function causeNamed(code: string): Pick<Cause, 'health' | 'cause' | 'fix'> {
  const found = allCauses.find((cause) => cause.code === code);
  if (!found) throw new Error(`there is no cause ${code}`);
  return found;
}

/** kanidmd's phrases stand at the beginning of a message. A longer one is not searched to its end. Characters. */
const LONGEST = 4_000;

/** True for trouble of a server's listener or of what it supplies: it concerns the servers that pull from it, not what it pulls. */
export const isListenerTrouble = (code: string): boolean =>
  (isSaidBy(supplierCauses, code) && !isSaidBy(consumerCauses, code)) ||
  stopped(code).some((it) => it !== 'rounds');

/** True when a server said this as a supplier, of a consumer it does not name. */
export const isSaidAsSupplier = (trouble: Trouble): boolean =>
  supplierCauses.some(
    ({ code, phrases }) => code === trouble.code && phrases.some(({ says }) => says.test(trouble.evidence)),
  );

/** True when from then on no round of this server starts until it is restarted. */
export const stopsRounds = (code: string): boolean => stopped(code).some((it) => it !== 'listener');

/** True when from then on nobody can pull from this server until it is restarted. */
export const stopsListener = (code: string): boolean => stopped(code).some((it) => it !== 'rounds');

const stopped = (code: string): readonly NonNullable<Cause['stops']>[] =>
  allCauses.flatMap((cause) => (cause.code === code && cause.stops !== undefined ? [cause.stops] : []));

const isSaidBy = (causes: readonly Cause[], code: string): boolean =>
  causes.some((cause) => cause.code === code);
