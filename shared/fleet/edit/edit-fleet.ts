import {
  fieldNames,
  fieldOf,
  keyOf,
  type KindName,
  keysOf,
  kindNames,
  type OwnFields,
} from '../../connect/kinds';
import type { Position } from '../../connect/server';
import { editFleet, type FleetEdit, noSuchServer, serverAt, tableValues } from './fleet-edit';
import type { TomlDocument } from '../read/document';
import type { KeyPath } from '../../toml/toml-file';
import { ok, type Result } from '../../base/result';
import { appendTable, editKey, literal, removeTable, type Writable } from './text-edit';
import { sameOrigin } from '../../base/origin';

/**
 * Edits of a fleet file's text. Comments, order and every byte outside the edited value stay. Each is read again
 * afterwards: an edit that would bring in an error is refused with that error, and the text stays as it was.
 */

/** A server as the fleet file writes it. Null removes a key, a missing field leaves it alone. */
export interface ServerFields extends OwnFields {
  readonly id: string;
  readonly connect: KindName;
  readonly endpoint: string;
  readonly config?: string | null;
  readonly origin?: string | null;
  readonly bindaddress?: string | null;
  readonly refreshFrom?: string | null;
  readonly position?: Position | null;
}

/** The text of a fleet without servers. */
export const newFleet = (name: string): string => `version = 1\nname = ${literal(name)}\n`;

/** Appends a server after the last one. */
export function addServer(text: string, server: ServerFields): Result<string> {
  return addServers(text, [server]);
}

/** Appends servers after the last one, in their order, as one edit. One that was taken out before is back then. */
export function addServers(text: string, servers: readonly ServerFields[]): Result<string> {
  return editFleet(text, [
    forgetRemoved(servers.map((server) => server.origin)),
    (document) => ok(servers.flatMap((server) => appendTable(document, 'server', [], saidOf(server)))),
  ]);
}

/** Takes origins off `[[removed]]`. */
const forgetRemoved =
  (origins: readonly (string | null | undefined)[]): FleetEdit =>
  (document) =>
    ok(
      tableValues(document, 'removed').flatMap(({ origin: listed }, position) =>
        origins.some((origin) => typeof origin === 'string' && sameOrigin(origin, String(listed)))
          ? removeTable(document, ['removed', position])
          : [],
      ),
    );

const saidOf = (server: ServerFields): [string, Writable][] =>
  writable(server).flatMap(([key, value]): [string, Writable][] => (value === null ? [] : [[key, value]]));

/**
 * Changes fields of a server. Another id is carried into links and `refresh_from`; another `connect` drops the keys
 * that belong to the old one.
 */
export function updateServer(text: string, id: string, changes: Partial<ServerFields>): Result<string> {
  const { connect } = changes;
  const foreign = kindNames.flatMap((kind) =>
    connect === undefined || kind === connect ? [] : keysOf(kind),
  );
  const fields: readonly [string, Writable | null][] = [
    ...foreign.map((key): [string, null] => [key, null]),
    ...writable(changes).filter(([key]) => key !== 'id' && !foreign.includes(key)),
  ];
  return editFleet(text, [
    forgetRemoved([changes.origin]),
    (document) => {
      const at = serverAt(document, id);
      return at === null
        ? noSuchServer(id)
        : ok(changes.id === undefined ? [] : rename(id, changes.id, document));
    },
    ...fields.map(([key, value]) => (document: TomlDocument) => {
      const at = serverAt(document, changes.id ?? id);
      return at === null ? noSuchServer(id) : ok(editKey(document, ['server', at, key], value));
    }),
  ]);
}

/**
 * Removes a server with its links. With `listRemoved` every name that partners dial it by is written under `[[removed]]`,
 * so that they drop its tables at the next deploy: its origin, the names its links have for it, and the `origins` that the
 * fleet file does not say.
 */
export function removeServer(
  text: string,
  id: string,
  options: { readonly listRemoved: boolean; readonly origins?: readonly string[] },
): Result<string> {
  return editFleet(text, [
    (document) => {
      const at = serverAt(document, id);
      if (at === null) return noSuchServer(id);
      const own = tableValues(document, 'link').flatMap((link, position) =>
        link['supplier'] === id || link['consumer'] === id ? [{ link, position }] : [],
      );
      const links = own.flatMap(({ position }) => removeTable(document, ['link', position]));
      const sources = tableValues(document, 'server').flatMap((server, position) =>
        server['refresh_from'] === id && position !== at
          ? editKey(document, ['server', position, 'refresh_from'], null)
          : [],
      );
      const names = [
        tableValues(document, 'server')[at]?.['origin'],
        ...own.map(({ link }) => link[link['supplier'] === id ? 'supplier_origin' : 'consumer_origin']),
        ...(options.origins ?? []),
      ];
      const listed = tableValues(document, 'removed').map((entry) => String(entry['origin']));
      const added: string[] = [];
      for (const name of options.listRemoved ? names : [])
        if (typeof name === 'string' && ![...listed, ...added].some((it) => sameOrigin(it, name)))
          added.push(name);
      const notes = added.flatMap((origin) =>
        appendTable(document, 'removed', ['link', 'server'], [['origin', origin]]),
      );
      return ok([...removeTable(document, ['server', at]), ...links, ...sources, ...notes]);
    },
  ]);
}

/** Puts a server at a place of the canvas, in whole units. */
export function moveServer(text: string, id: string, position: Position): Result<string> {
  return updateServer(text, id, { position: { x: Math.round(position.x), y: Math.round(position.y) } });
}

/** Which supplier a server with several takes its data from; null leaves it to the topology. */
export function setRefreshFrom(text: string, id: string, supplier: string | null): Result<string> {
  return updateServer(text, id, { refreshFrom: supplier });
}

/** The domain the fleet belongs to; null forgets it. */
export function setDomainUuid(text: string, uuid: string | null): Result<string> {
  return editFleet(text, [(document) => ok(editKey(document, ['domain_uuid'], uuid))]);
}

/** The fleet's name. */
export function setName(text: string, name: string): Result<string> {
  return editFleet(text, [(document) => ok(editKey(document, ['name'], name))]);
}

function rename(from: string, to: string, document: TomlDocument) {
  const places: readonly (readonly [string, string])[] = [
    ['server', 'id'],
    ['server', 'refresh_from'],
    ['link', 'supplier'],
    ['link', 'consumer'],
  ];
  return places.flatMap(([table, key]) =>
    tableValues(document, table).flatMap((values, position) => {
      const path: KeyPath = [table, position, key];
      return values[key] === from ? editKey(document, path, to) : [];
    }),
  );
}

/** The fields in the order and spelling of the file. */
function writable(server: Partial<ServerFields>): [string, Writable | null][] {
  const own = kindNames.flatMap((kind) =>
    fieldNames(kind).map((name) => ({
      needed: fieldOf(kind, name).missing !== undefined,
      entry: [keyOf(name), server[name]] as [string, Writable | null | undefined],
    })),
  );
  const all: readonly [string, Writable | null | undefined][] = [
    ['id', server.id],
    ['connect', server.connect],
    ['endpoint', server.endpoint],
    ...own.filter(({ needed }) => needed).map(({ entry }) => entry),
    ['config', server.config],
    ['origin', server.origin],
    ['bindaddress', server.bindaddress],
    ...own.filter(({ needed }) => !needed).map(({ entry }) => entry),
    ['refresh_from', server.refreshFrom],
    ['position', server.position],
  ];
  return all.flatMap(([key, value]): [string, Writable | null][] =>
    value === undefined ? [] : [[key, value]],
  );
}
