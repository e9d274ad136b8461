import type { ServerFields } from '../../shared/fleet/edit/edit-fleet';
import type { TypedForm } from '../../shared/ipc';
import { isKindName, type KindName, kindNamed, kindNames, kinds } from '../../shared/connect/kinds';
import type { FleetServer } from '../../shared/fleet/model/fleet';
import type { Fault } from '../../shared/base/result';
import { serverId } from '../../shared/base/names';
import { parseOrigin } from '../../shared/base/origin';
import { fieldFaults, nothingTyped, type OwnTyped, said, typedOf, writtenOf } from './kind-forms';

/** The dialog's fields as typed; empty means "not said". */
export interface ServerForm extends OwnTyped {
  id: string;
  connect: KindName;
  endpoint: string;
  config: string;
  origin: string;
  bindaddress: string;
}

type TypedFields = Extract<TypedForm, { readonly kind: 'server' }>['fields'];

export type FieldFaults = Partial<Record<keyof ServerForm, string>>;

/** The form of a new server. */
export const emptyForm = (id: string): ServerForm => ({
  id,
  connect: kindNamed(null),
  endpoint: '',
  ...nothingTyped(kindNames),
  config: '',
  origin: '',
  bindaddress: '',
});

/** The form of a server of the fleet; what is as it would be anyway is left empty. */
export function formOf(server: FleetServer): ServerForm {
  const { id, connect, config, origin, bindaddress } = server;
  return {
    ...emptyForm(id),
    connect,
    config: config ?? '',
    origin: origin ?? '',
    bindaddress: bindaddress ?? '',
    endpoint: kinds[connect].form.endpoint.shown(server.endpoint),
    ...typedOf(server),
  };
}

/** What one kind of connection has that another would take for its own: an address, a path on another machine. */
type OwnOfKind = Pick<ServerForm, 'endpoint' | 'config'>;

/** The typed addresses of the kinds of connection that are not chosen now. */
export type KeptAddresses = { readonly [K in KindName]?: OwnOfKind };

/**
 * The form for another kind of connection: what only the one before can mean is put aside, and comes back with it.
 * @returns the form, and what is put aside now.
 */
export function withKind(
  form: ServerForm,
  to: KindName,
  kept: KeptAddresses,
): { readonly form: ServerForm; readonly kept: KeptAddresses } {
  if (to === form.connect) return { form, kept };
  const { endpoint, config } = form;
  return {
    form: { ...form, connect: to, ...(kept[to] ?? { endpoint: '', config: '' }) },
    kept: { ...kept, [form.connect]: { endpoint, config } },
  };
}

/** Names what a test of the connection tests: another text, and what it found is no longer about this form. */
export function testedBy(form: ServerForm): string {
  const { id: _id, ...fields } = fieldsOf(form);
  return JSON.stringify(fields);
}

/** The fields as they are kept until they are in the fleet: a password that was typed into an address is no part of it. */
export const typedIn = (form: ServerForm): TypedFields => ({
  ...form,
  endpoint: form.endpoint.replace(/^((?:\w+:\/\/)?[^@:/]*):[^@]*@/, '$1@'),
});

/** A form with what was typed into it before; what it has no field for is left out. */
export function typedAgain(form: ServerForm, typed: TypedFields): ServerForm {
  const known = Object.entries(form).flatMap(([name, value]) => {
    const again = typed[name];
    return typeof again === typeof value && (name !== 'connect' || isKindName(again)) ? [[name, again]] : [];
  });
  return { ...form, ...Object.fromEntries(known) };
}

/** The fields as the fleet file writes them; those of the other way of reaching a server are left out. */
export function fieldsOf(form: ServerForm): ServerFields {
  return {
    id: form.id.trim(),
    connect: form.connect,
    config: said(form.config),
    origin: said(form.origin),
    bindaddress: said(form.bindaddress),
    endpoint: kinds[form.connect].form.endpoint.written(form.endpoint),
    ...writtenOf(form.connect, form),
  };
}

/** What is wrong with the form, field by field; the fleet's own check says the rest. */
export function checkForm(form: ServerForm, others: readonly string[]): FieldFaults {
  const faults: FieldFaults = {};
  const id = form.id.trim();
  if (id === '') faults.id = 'Give the server a short name, such as idm-a.';
  else if (!serverId(id))
    faults.id = 'Small letters, digits and hyphens only, beginning with a letter or digit.';
  else if (others.includes(id)) faults.id = `There is a server ${id} already.`;
  Object.assign(faults, fieldFaults(form.connect, form));
  const origin = originFault(form.origin.trim());
  if (origin) faults.origin = origin;
  if (form.bindaddress.trim() && !isBindaddress(form.bindaddress.trim()))
    faults.bindaddress = 'An IP address and a port, such as 0.0.0.0:8444; a name does not start.';
  return faults;
}

/** `idm-c` after `idm-a` and `idm-b`: the next free id in the fleet's own manner. */
export function suggestId(taken: readonly string[]): string {
  const stem = taken[0]?.replace(/-?[a-z0-9]$/, '') || 'idm';
  for (const letter of 'abcdefghijklmnopqrstuvwxyz')
    if (!taken.includes(`${stem}-${letter}`)) return `${stem}-${letter}`;
  return `${stem}-${taken.length + 1}`;
}

function originFault(typed: string): string | null {
  if (typed === '') return null;
  const parts = parseOrigin(typed);
  if (!parts) return 'Write it as repl://name:8444: what partners dial.';
  if (parts.ipVersion === 6) return 'Use a name, not an IPv6 address: kanidmd never listens by one.';
  return parts.portMissing ? 'Say the port too, such as :8444; without one Kanidm means 443.' : null;
}

const isBindaddress = (text: string): boolean => {
  const match = /^(?:\[([0-9a-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3] ?? 0);
  return match !== null && port >= 1 && port <= 65_535;
};

/** A server is not tested while the rest of its file has faults: the engine acts on no such file. */
export const OTHER_FAULTS: Fault = {
  code: 'fleet-has-faults',
  message: 'The fleet file has other faults, so nothing is contacted for it.',
  fix: 'Keep this change, fix the others, then test.',
  where: {},
};
