import { readSshEndpoint } from '../../base/reach-names';
import { type KindForm, schemeOf } from '../form';
import type { SshServer } from './ssh';

const written = (typed: string): string => {
  const text = typed.trim();
  return text.includes('://') ? text : `ssh://${text}`;
};

/** What is wrong with an SSH address as a person types it; null: nothing. */
export function sshFault(typed: string): string | null {
  if (typed === '')
    return 'Say where it is reached: user@host, user@host:port, or an alias of ~/.ssh/config.';
  const text = written(typed);
  if (!text.startsWith('ssh://')) return 'An SSH address: user@host, or ssh://user@host:port.';
  if (readSshEndpoint(text) !== null) return null;
  const port = /:(\d+)\/?$/.exec(text)?.[1];
  return port !== undefined && (Number(port) < 1 || Number(port) > 65_535)
    ? 'The port must be between 1 and 65535.'
    : 'Write it as user@host, user@host:port, or an alias of ~/.ssh/config.';
}

export const form: KindForm<SshServer> = {
  where: 'kanidmd as a systemd service on a machine.',
  endpoint: {
    label: 'SSH address',
    placeholder: 'admin@192.0.2.7 or an alias',
    hint: 'user@host:port, or an alias of ~/.ssh/config',
    offers: 'aliases',
    shown: (endpoint) => endpoint.replace(/^ssh:\/\//, ''),
    written,
    fault: sshFault,
  },
  configPlaceholder: 'from the unit',
  fields: {
    sudo: {
      ...{ label: 'Use sudo', isSwitch: true },
      hint: 'Runs kanidmd, systemctl and what reads and replaces files through sudo -n, which must not ask for a password.',
      likeTheLast: true,
    },
    service: {
      ...{ label: 'Service', placeholder: 'kanidmd' },
      clean: (typed) => typed.replace(/\.service$/, ''),
    },
    kanidmd: { label: 'Program', placeholder: 'kanidmd' },
    identity: {
      ...{ label: 'Key file', placeholder: '~/.ssh/id_ed25519', hint: 'The agent is tried first.' },
      ...{ likeTheLast: true, trusted: 'With the key files' },
    },
    knownHosts: {
      ...{ label: 'Known hosts', placeholder: '~/.ssh/known_hosts' },
      ...{ likeTheLast: true, trusted: 'Accepting the host keys in' },
    },
  },
  address: {
    help: [
      ['ssh://user@host[:port], user@host or an alias of ~/.ssh/config', 'kanidmd as a systemd service'],
    ],
    settings: 'over SSH',
    read: (address) => {
      const scheme = schemeOf(address);
      if (address.includes('#') || (scheme !== null && scheme !== 'ssh')) return null;
      return { ok: true, fields: { endpoint: scheme === null ? `ssh://${address}` : address } };
    },
  },
};
