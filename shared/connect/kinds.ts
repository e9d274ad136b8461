import { docker, type DockerServer } from './docker/docker';
import type { OwnField, TypedField } from './form';
import type { ConnectionKind } from './kind';
import { ssh, type SshServer } from './ssh/ssh';

/** The servers of each kind of connection. A kind that lacks its row in a registry does not compile. */
export interface ServerByKind {
  readonly ssh: SshServer;
  readonly docker: DockerServer;
}

/** As `connect` of the fleet file spells it. */
export type KindName = keyof ServerByKind;
/** A server of any kind; `connect` tells which. */
export type ConnectedServer = ServerByKind[KindName];

/** The kinds of connection there are. */
export const kinds = { ssh, docker } satisfies {
  readonly [K in KindName]: ConnectionKind<ServerByKind[K]>;
};

export const kindNames = Object.keys(kinds) as [KindName, ...KindName[]];

/** Whether a word names a kind of connection that Kanilink has. */
export const isKindName = (text: unknown): text is KindName => kindNames.some((name) => name === text);

/** The kind that a word names, else the one that is meant where nothing says which. */
export const kindNamed = (word: unknown): KindName => (isKindName(word) ? word : 'ssh');

/** The kind of a server: its methods take that very server. */
export const kindOf = ({ connect }: ConnectedServer): ConnectionKind<ConnectedServer> => kinds[connect];

/** A field that only servers of one kind have. */
export type OwnFieldName = OwnField<ConnectedServer>;
/** The same with their values: a switch, or a text. Null: not said. */
export type OwnFields = { readonly [K in OwnFieldName]?: Typed<ConnectedServer, K> | null };
type Typed<S, K extends PropertyKey> =
  S extends Readonly<Record<K, infer V>> ? (V extends boolean ? boolean : string) : never;

/** The names of a kind's own fields, in the order of its form. */
export const fieldNames = (kind: KindName): readonly OwnFieldName[] =>
  Object.keys(kinds[kind].form.fields) as OwnFieldName[];

/** A field as its kind's form asks for it. */
export const fieldOf = (kind: KindName, name: OwnFieldName): TypedField => {
  const fields: Readonly<Record<string, TypedField>> = kinds[kind].form.fields;
  const field = fields[name];
  if (field === undefined) throw new Error(`${kind} has no field ${name}`);
  return field;
};

/** Every kind's own fields as a schema: what a text is read by, and what a switch is. */
export const ownSchemas = <T, B>(
  text: T,
  onOrOff: B,
): { readonly [K in OwnFieldName]-?: boolean extends OwnFields[K] ? B : T } =>
  Object.fromEntries(
    kindNames.flatMap((kind) =>
      fieldNames(kind).map((name) => [name, fieldOf(kind, name).isSwitch === true ? onOrOff : text]),
    ),
  ) as { readonly [K in OwnFieldName]-?: boolean extends OwnFields[K] ? B : T };

/** What tells a server from others at its endpoint, such as its container; null: nothing does. */
export function nameApart(server: { readonly connect: KindName } & OwnFields): string | null {
  const name = fieldNames(server.connect).find((it) => fieldOf(server.connect, it).tellsApart === true);
  const value = name === undefined ? null : server[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** How the fleet file spells a field: `known_hosts` of `knownHosts`. */
export const keyOf = (name: string): string => name.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`);

/** Keys of a server's table that are on or off. */
export const switchKeysOf = (kind: KindName): readonly string[] =>
  fieldNames(kind)
    .filter((name) => fieldOf(kind, name).isSwitch === true)
    .map(keyOf);

/** Keys of a server's table that only this kind has. */
export const keysOf = (kind: KindName): readonly string[] => fieldNames(kind).map(keyOf);
