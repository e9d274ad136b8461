import {
  fieldNames,
  fieldOf,
  keyOf,
  type KindName,
  kindNames,
  kinds,
  type OwnFieldName,
  type OwnFields,
} from '../../shared/connect/kinds';
import type { FleetServer } from '../../shared/fleet/model/fleet';

/** The own fields of every kind as a form holds them: a switch, or a text; an empty one is not said. */
export type OwnTyped = { -readonly [K in OwnFieldName]-?: NonNullable<OwnFields[K]> };

/** Null removes the key from the fleet file. */
export const said = (text: string): string | null => text.trim() || null;

/** The own fields of every kind, none of them typed. */
export const nothingTyped = (kinds: readonly KindName[]): OwnTyped =>
  Object.fromEntries(
    kinds.flatMap((kind) =>
      fieldNames(kind).map((name) => [name, fieldOf(kind, name).isSwitch === true ? false : '']),
    ),
  ) as OwnTyped;

/** The own fields of a server's kind as a form shows them; what is as it would be anyway is left empty. */
export function typedOf(server: FleetServer): Partial<OwnTyped> {
  const { table } = kinds[server.connect];
  const values: Readonly<Record<string, unknown>> = { ...server };
  const usual: Readonly<Record<string, { safeParse(value: unknown): { data?: unknown } }>> = table;
  const typed = fieldNames(server.connect).map((name) => {
    const value = values[name];
    if (fieldOf(server.connect, name).isSwitch === true) return [name, value === true];
    return [name, value === null || value === usual[keyOf(name)]?.safeParse(undefined).data ? '' : value];
  });
  return Object.fromEntries(typed) as Partial<OwnTyped>;
}

/** What the next server is most likely reached with, of what was typed for the last. */
export const likeTheLast = (form: OwnTyped): Partial<OwnTyped> =>
  Object.fromEntries(
    kindNames.flatMap((kind) =>
      fieldNames(kind)
        .filter((name) => fieldOf(kind, name).likeTheLast === true)
        .map((name) => [name, form[name]]),
    ),
  );

/** The own fields of a kind as the fleet file writes them. */
export const writtenOf = (kind: KindName, form: OwnTyped): OwnFields =>
  Object.fromEntries(
    fieldNames(kind).map((name) => {
      const { clean, missing } = fieldOf(kind, name);
      const typed = form[name];
      if (typeof typed === 'boolean') return [name, typed ? true : null];
      const text = clean?.(typed.trim()) ?? typed.trim();
      return [name, missing === undefined ? said(text) : text];
    }),
  );

/** The own fields that a kind cannot do without. */
export const neededNames = (kind: KindName): readonly TextName[] =>
  textNames(kind).filter((name) => fieldOf(kind, name).missing !== undefined);

/** The own fields that are texts and may be empty. */
export const optionalNames = (kind: KindName): readonly TextName[] =>
  textNames(kind).filter((name) => fieldOf(kind, name).missing === undefined);

/** The own fields that are on or off. */
export const switchNames = (kind: KindName): readonly SwitchName[] =>
  fieldNames(kind).filter((name): name is SwitchName => fieldOf(kind, name).isSwitch === true);

type SwitchName = Exclude<OwnFieldName, TextName>;
type TextName = { [K in OwnFieldName]: OwnTyped[K] extends string ? K : never }[OwnFieldName];

const textNames = (kind: KindName): readonly TextName[] =>
  fieldNames(kind).filter((name): name is TextName => fieldOf(kind, name).isSwitch !== true);

const isBlank = (typed: string): boolean => typed.trim() === '';

/** Nothing is typed of where a server is. */
export const saysNowhere = (form: OwnTyped & { readonly endpoint: string }): boolean =>
  isBlank(form.endpoint) && kindNames.flatMap(neededNames).every((name) => isBlank(form[name]));

/** What is wrong with the endpoint and the own fields of a kind. */
export function fieldFaults(
  kind: KindName,
  form: OwnTyped & { readonly endpoint: string },
): Partial<Record<OwnFieldName | 'endpoint', string>> {
  const endpoint = kinds[kind].form.endpoint.fault(form.endpoint.trim());
  const missing = neededNames(kind)
    .filter((name) => isBlank(form[name]))
    .map((name) => [name, fieldOf(kind, name).missing]);
  return { ...(endpoint === null ? {} : { endpoint }), ...Object.fromEntries(missing) };
}

/**
 * Whether an endpoint is one that may be dialled without being asked to: whole, and not half of a host's name.
 * @param typed what the field held when the person left it.
 */
export function isMeant(kind: KindName, endpoint: string, typed: string): boolean {
  const text = endpoint.trim();
  if (kinds[kind].form.endpoint.fault(text) !== null) return false;
  // A socket of this computer, or a context, dials no host that is still being typed.
  return text === typed.trim() || /^(unix|context):\/\//.test(text);
}
