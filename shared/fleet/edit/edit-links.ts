import { describeLink } from '../model/fleet';
import type { TomlDocument } from '../read/document';
import { editFleet, type FleetEdit, tableValues } from './fleet-edit';
import { appendTable, editKey, removeTable, type Writable } from './text-edit';
import { type TextEdit } from '../../toml/text-edit';
import { fail, ok, type Result } from '../../base/result';

/** Edits of a fleet file's links; the promises are those of `edit-fleet.ts`. */

/** A link's two ends; at most one link joins a pair. */
export interface LinkEnds {
  readonly supplier: string;
  readonly consumer: string;
}

/** A link as the fleet file writes it. Null removes a key, a missing field leaves it alone. */
export interface LinkFields extends LinkEnds {
  readonly mutual?: boolean | null;
  readonly automaticRefresh?: boolean | null;
  readonly supplierOrigin?: string | null;
  readonly consumerOrigin?: string | null;
}

/** Appends a link after the last one. */
export function addLink(text: string, link: LinkFields): Result<string> {
  return addLinks(text, [link]);
}

/** Appends links after the last one, in their order, as one edit. */
export function addLinks(text: string, links: readonly LinkFields[]): Result<string> {
  return editFleet(text, [
    (document) => ok(links.flatMap((link) => appendTable(document, 'link', ['server'], keysOf(link)))),
  ]);
}

function keysOf(link: LinkFields): readonly (readonly [string, Writable])[] {
  const keys = writable(link).flatMap(([key, value]): [string, Writable][] =>
    value === null ? [] : [[key, value]],
  );
  const ends: readonly [string, Writable][] = [
    ['supplier', link.supplier],
    ['consumer', link.consumer],
  ];
  return [...ends, ...keys];
}

/** Changes a link's own settings; `turnLink` changes its direction. */
export function updateLink(
  text: string,
  ends: LinkEnds,
  changes: Omit<LinkFields, 'supplier' | 'consumer'>,
): Result<string> {
  return editFleet(
    text,
    writable(changes).map(([key, value]) =>
      onLink(ends, (document, at) => editKey(document, ['link', at, key], value)),
    ),
  );
}

/**
 * Turns a link round: the other side's data wins. Names that one side dials stay with the side they reach; automatic
 * refresh is switched off, for it was agreed to for the other server.
 */
export function turnLink(text: string, ends: LinkEnds): Result<string> {
  return editFleet(text, [
    forgetSource(ends),
    onLink(ends, (document, at) => {
      const link = tableValues(document, 'link')[at];
      const set = (key: string, value: Writable | null) => editKey(document, ['link', at, key], value);
      return [
        ...set('supplier', ends.consumer),
        ...set('consumer', ends.supplier),
        ...set('supplier_origin', textOrNull(link?.['consumer_origin'])),
        ...set('consumer_origin', textOrNull(link?.['supplier_origin'])),
        ...(link?.['automatic_refresh'] === true ? set('automatic_refresh', null) : []),
      ];
    }),
  ]);
}

/** Removes a link, and a `refresh_from` that chose it. */
export function removeLink(text: string, ends: LinkEnds): Result<string> {
  return editFleet(text, [
    forgetSource(ends),
    onLink(ends, (document, at) => removeTable(document, ['link', at])),
  ]);
}

function onLink(
  ends: LinkEnds,
  edit: (document: TomlDocument, at: number) => readonly TextEdit[],
): FleetEdit {
  return (document) => {
    const at = tableValues(document, 'link').findIndex(
      (link) => link['supplier'] === ends.supplier && link['consumer'] === ends.consumer,
    );
    if (at !== -1) return ok(edit(document, at));
    return fail({
      code: 'no-such-link',
      message: `the fleet has no link from ${ends.supplier} to ${ends.consumer}`,
      fix: 'Choose a link that is drawn.',
      where: { link: describeLink(ends) },
    });
  };
}

function forgetSource(ends: LinkEnds): FleetEdit {
  return (document) =>
    ok(
      tableValues(document, 'server').flatMap((server, position) =>
        server['id'] === ends.consumer && server['refresh_from'] === ends.supplier
          ? editKey(document, ['server', position, 'refresh_from'], null)
          : [],
      ),
    );
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function writable(link: Omit<LinkFields, 'supplier' | 'consumer'>): [string, Writable | null][] {
  const all: readonly [string, Writable | null | undefined][] = [
    ['mutual', link.mutual],
    ['automatic_refresh', link.automaticRefresh],
    ['supplier_origin', link.supplierOrigin],
    ['consumer_origin', link.consumerOrigin],
  ];
  return all.flatMap(([key, value]): [string, Writable | null][] =>
    value === undefined ? [] : [[key, value]],
  );
}
