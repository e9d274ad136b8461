import { tableValues } from '../edit/fleet-edit';
import { editKey } from '../edit/text-edit';
import { applyEdits } from '../../toml/text-edit';
import { parseDocument } from '../read/document';

/**
 * A server's table when one side has only moved it on the canvas: the other side's lines, at the new place. Nothing else is
 * joined key by key, for half of one address and half of another would be a server that nobody wrote.
 *
 * @returns null when both changed more than that
 */
export function mergeMoved(base: string, mine: string, theirs: string): string | null {
  const moved = placeOf(mine);
  if (moved !== null && placed(base, moved) === mine && samePlace(base, theirs)) return placed(theirs, moved);
  const other = placeOf(theirs);
  if (other !== null && placed(base, other) === theirs && samePlace(base, mine)) return placed(mine, other);
  return null;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

const samePlace = (a: string, b: string): boolean =>
  JSON.stringify(placeOf(a)) === JSON.stringify(placeOf(b));

/** Where a table that stands alone puts its server; null: nowhere. */
function placeOf(table: string): Place | null {
  const document = parseDocument(`${table}\n`);
  const position = document.ok ? tableValues(document.value, 'server')[0]?.['position'] : null;
  if (typeof position !== 'object' || position === null || !('x' in position && 'y' in position)) return null;
  const { x, y } = position;
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : null;
}

/** The table with its server at another place. */
function placed(table: string, place: Place): string | null {
  const document = parseDocument(`${table}\n`);
  if (!document.ok) return null;
  const text = applyEdits(`${table}\n`, editKey(document.value, ['server', 0, 'position'], place));
  return text.replace(/\n$/, '');
}
