import type { Position } from './fleet';
import { editFleet, type FleetEdit, noSuchServer, serverAt, tableValues } from './fleet-edit';
import type { KeyPath, TomlDocument } from './document';
import { ok, type Result } from '../result';
import { appendTable, editKey, literal, removeTable, type Writable } from './text-edit';
import { sameOrigin } from '../origin';

/**
 * Edits of a fleet file's text. Comments, order and every byte outside the edited value stay. Each is read again
 * afterwards: an edit that would bring in an error is refused with that error, and the text stays as it was.
 */

/** A server as the fleet file writes it. Null removes a key, a missing field leaves it alone. */
export interface ServerFields {
  readonly id: string;
  readonly connect: 'ssh' | 'docker';
  readonly endpoint: string;
  readonly container?: string | null;
  readonly certificates?: string | null;
  readonly config?: string | null;
  readonly origin?: string | null;
  readonly bindaddress?: string | null;
  readonly service?: string | null;
  readonly sudo?: boolean | null;
  readonly kanidmd?: string | null;
  readonly identity?: string | null;
  readonly knownHosts?: string | null;
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
    (document) => ok(servers.flatMap((server) => appendTable(document, 'server', [], keysOf(server)))),
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

const keysOf = (server: ServerFields): [string, Writable][] =>
  writable(server).flatMap(([key, value]): [string, Writable][] => (value === null ? [] : [[key, value]]));

/**
 * Changes fields of a server. Another id is carried into links and `refresh_from`; another `connect` drops the keys
 * that belong to the old one.
 */
export function updateServer(text: string, id: string, changes: Partial<ServerFields>): Result<string> {
  const foreign = changes.connect === undefined ? [] : changes.connect === 'ssh' ? dockerKeys : sshKeys;
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
 * Removes a server with its links. With `listRemoved` its origin is written under `[[removed]]`, so that partners drop
 * its table at the next deploy; `origin` says it when the fleet file does not.
 */
export function removeServer(
  text: string,
  id: string,
  options: { readonly listRemoved: boolean; readonly origin?: string },
): Result<string> {
  return editFleet(text, [
    (document) => {
      const at = serverAt(document, id);
      if (at === null) return noSuchServer(id);
      const links = tableValues(document, 'link').flatMap((link, position) =>
        link['supplier'] === id || link['consumer'] === id ? removeTable(document, ['link', position]) : [],
      );
      const sources = tableValues(document, 'server').flatMap((server, position) =>
        server['refresh_from'] === id && position !== at
          ? editKey(document, ['server', position, 'refresh_from'], null)
          : [],
      );
      const written = tableValues(document, 'server')[at]?.['origin'];
      const origin = typeof written === 'string' ? written : options.origin;
      const listed = tableValues(document, 'removed').some(
        (entry) => origin !== undefined && sameOrigin(String(entry['origin']), origin),
      );
      const note =
        options.listRemoved && origin !== undefined && !listed
          ? appendTable(document, 'removed', ['link', 'server'], [['origin', origin]])
          : [];
      return ok([...removeTable(document, ['server', at]), ...links, ...sources, ...note]);
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

const sshKeys: readonly string[] = ['service', 'sudo', 'kanidmd', 'identity', 'known_hosts'];
const dockerKeys: readonly string[] = ['container', 'certificates'];

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
  const all: readonly [string, Writable | null | undefined][] = [
    ['id', server.id],
    ['connect', server.connect],
    ['endpoint', server.endpoint],
    ['container', server.container],
    ['certificates', server.certificates],
    ['config', server.config],
    ['origin', server.origin],
    ['bindaddress', server.bindaddress],
    ['service', server.service],
    ['sudo', server.sudo],
    ['kanidmd', server.kanidmd],
    ['identity', server.identity],
    ['known_hosts', server.knownHosts],
    ['refresh_from', server.refreshFrom],
    ['position', server.position],
  ];
  return all.flatMap(([key, value]): [string, Writable | null][] =>
    value === undefined ? [] : [[key, value]],
  );
}
