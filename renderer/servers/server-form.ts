import type { ServerFields } from '../../shared/fleet/edit-fleet';
import type { FleetServer } from '../../shared/fleet/fleet';
import { serverId } from '../../shared/names';
import { parseOrigin } from '../../shared/origin';

/** The dialog's fields as typed; empty means "not said". */
export interface ServerForm {
  id: string;
  connect: 'ssh' | 'docker';
  endpoint: string;
  container: string;
  certificates: string;
  service: string;
  sudo: boolean;
  kanidmd: string;
  identity: string;
  knownHosts: string;
  config: string;
  origin: string;
  bindaddress: string;
}

export type FieldFaults = Partial<Record<keyof ServerForm, string>>;

/** The form of a new server. */
export const emptyForm = (id: string): ServerForm => ({
  id,
  connect: 'ssh',
  endpoint: '',
  container: '',
  certificates: '',
  service: '',
  sudo: false,
  kanidmd: '',
  identity: '',
  knownHosts: '',
  config: '',
  origin: '',
  bindaddress: '',
});

/** The form of a server of the fleet; what is as it would be anyway is left empty. */
export function formOf(server: FleetServer): ServerForm {
  const ssh = server.connect === 'ssh' ? server : null;
  return {
    id: server.id,
    connect: server.connect,
    endpoint: ssh ? server.endpoint.replace(/^ssh:\/\//, '') : server.endpoint,
    container: server.connect === 'docker' ? server.container : '',
    certificates: server.connect === 'docker' ? (server.certificates ?? '') : '',
    service: ssh && ssh.service !== 'kanidmd' ? ssh.service : '',
    sudo: ssh?.sudo ?? false,
    kanidmd: ssh && ssh.kanidmd !== 'kanidmd' ? ssh.kanidmd : '',
    identity: ssh?.identity ?? '',
    knownHosts: ssh?.knownHosts ?? '',
    config: server.config ?? '',
    origin: server.origin ?? '',
    bindaddress: server.bindaddress ?? '',
  };
}

/** The fields as the fleet file writes them; those of the other way of reaching a server are left out. */
export function fieldsOf(form: ServerForm): ServerFields {
  const said = (text: string): string | null => text.trim() || null;
  const common = {
    id: form.id.trim(),
    config: said(form.config),
    origin: said(form.origin),
    bindaddress: said(form.bindaddress),
  };
  if (form.connect === 'docker')
    return {
      ...common,
      connect: 'docker',
      endpoint: form.endpoint.trim(),
      container: form.container.trim(),
      certificates: said(form.certificates),
    };
  return {
    ...common,
    connect: 'ssh',
    endpoint: endpointOf(form.endpoint),
    service: said(form.service.trim().replace(/\.service$/, '')),
    sudo: form.sudo ? true : null,
    kanidmd: said(form.kanidmd),
    identity: said(form.identity),
    knownHosts: said(form.knownHosts),
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
  const endpoint =
    form.connect === 'ssh' ? sshFault(form.endpoint.trim()) : dockerFault(form.endpoint.trim());
  if (endpoint) faults.endpoint = endpoint;
  if (form.connect === 'docker' && form.container.trim() === '')
    faults.container = 'Say which container runs kanidmd: its name, as docker ps shows it.';
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

const endpointOf = (typed: string): string => {
  const text = typed.trim();
  return text.includes('://') ? text : `ssh://${text}`;
};

function sshFault(typed: string): string | null {
  if (typed === '')
    return 'Say where it is reached: user@host, user@host:port, or an alias of ~/.ssh/config.';
  const text = endpointOf(typed);
  if (!text.startsWith('ssh://')) return 'An SSH address: user@host, or ssh://user@host:port.';
  const rest = /^ssh:\/\/(?:[^@\s/:]+@)?(\[[0-9a-f:.]+\]|[^@\s/:[\]]+)(?::(\d{1,5}))?\/?$/i.exec(text);
  if (!rest) return 'Write it as user@host, user@host:port, or an alias of ~/.ssh/config.';
  const port = rest[2] === undefined ? 22 : Number(rest[2]);
  return port >= 1 && port <= 65_535 ? null : 'The port must be between 1 and 65535.';
}

function dockerFault(typed: string): string | null {
  const example = 'unix:///var/run/docker.sock, tcp://host:2376, ssh://user@host or context://NAME';
  const [, scheme, rest] = /^(unix|tcp|ssh|context):\/\/(.+)$/.exec(typed) ?? [];
  if (scheme === undefined || rest === undefined || /\s/.test(typed))
    return `Say where Docker listens: ${example}.`;
  if (scheme === 'unix')
    return rest.startsWith('/') ? null : 'The socket needs a whole path: unix:///var/run/docker.sock.';
  if (scheme === 'tcp') return /:\d{1,5}$/.test(rest) ? null : 'Say the port too, such as tcp://host:2376.';
  return scheme === 'ssh' ? sshFault(typed) : null;
}

function originFault(typed: string): string | null {
  if (typed === '') return null;
  const parts = parseOrigin(typed);
  if (!parts) return 'Write it as repl://name:8444: what partners dial.';
  if (parts.isAddress) return 'Use a name, not an IP address: the certificate is made for a name.';
  return parts.portMissing ? 'Say the port too, such as :8444; without one Kanidm means 443.' : null;
}

const isBindaddress = (text: string): boolean => {
  const match = /^(?:\[([0-9a-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3] ?? 0);
  return match !== null && port >= 1 && port <= 65_535;
};
