import { z } from 'zod';
import { readSshEndpoint } from '../../base/reach-names';
import { shellWord } from '../../base/shell-word';
import type { ConnectionKind } from '../kind';
import { form } from './form';
import type { AnyServer } from '../server';
import { local, printable } from '../values';
import { sshScratch, sshShell } from './shell';

/** A server on a machine, its kanidmd run by systemd. */
export interface SshServer extends AnyServer {
  readonly connect: 'ssh';
  /** `ssh://user@host[:port]` or `ssh://alias`. */
  readonly endpoint: string;
  /** The systemd unit, without `.service`. */
  readonly service: string;
  /** Run kanidmd and systemctl through `sudo -n`. */
  readonly sudo: boolean;
  /** The program. */
  readonly kanidmd: string;
  /** A key file on this machine; the agent is tried first. Relative paths start at the fleet file. */
  readonly identity: string | null;
  /** Read beside the person's own, never instead. */
  readonly knownHosts: string | null;
}

const table = {
  connect: z.literal('ssh'),
  endpoint: z
    .string()
    .refine(
      (text) => readSshEndpoint(text) !== null,
      'must look like "ssh://admin@192.0.2.7:22" or "ssh://alias"',
    ),
  service: printable.default('kanidmd'),
  sudo: z.boolean().default(false),
  kanidmd: printable.default('kanidmd'),
  identity: local.nullable().default(null),
  known_hosts: local.nullable().default(null),
};

export const ssh = {
  label: 'SSH',
  unit: 'service',
  table,
  form,
  usualConfig: '/etc/kanidm/server.toml',
  noHelper: null,
  endpointAdvice: 'Write where it is reached, such as endpoint = "ssh://admin@192.0.2.7:22".',
  unitName: ({ service }) => service,
  identity: ({ endpoint, service, config }) => `ssh ${plainEndpoint(endpoint)} ${service} ${config ?? ''}`,
  resolvePaths: (server, absolute) => ({
    ...server,
    identity: server.identity === null ? null : absolute(server.identity),
    knownHosts: server.knownHosts === null ? null : absolute(server.knownHosts),
  }),
  commandValues: ({ service, kanidmd, identity, knownHosts }) => [
    ['its unit', service],
    ['its program', kanidmd],
    ['its identity', identity],
    ['its known_hosts', knownHosts],
  ],
  shell: sshShell,
  testFolder: ({ database, tag }) => sshScratch(database, tag),
  restore: ({ service, kanidmd, sudo }, _observed, backup, config) => {
    const root = sudo ? 'sudo ' : '';
    const unit = shellWord(service);
    return [
      `${root}systemctl stop ${unit}`,
      `${root}${shellWord(kanidmd)} database restore ${shellWord(backup)} -c ${shellWord(config)}`,
      `${root}systemctl start ${unit}`,
    ];
  },
} satisfies ConnectionKind<SshServer>;

/** One spelling of an SSH endpoint: host in lower case, no closing slash, no default port. */
const plainEndpoint = (endpoint: string): string => {
  const [, user = '', host = endpoint] = /^ssh:\/\/([^@]*@)?([^/]*)\/?$/.exec(endpoint) ?? [];
  return `${user}${host.toLowerCase().replace(/:22$/, '')}`;
};
