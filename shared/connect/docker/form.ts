import { type KindForm, schemeOf } from '../form';
import { sshFault } from '../ssh/form';
import type { DockerServer } from './docker';
import { readDockerEndpoint } from './endpoint';

function fault(typed: string): string | null {
  const read = readDockerEndpoint(typed);
  // Docker has a port of its own for TLS; a person who types an address knows which one is meant.
  if (read?.kind === 'tcp' && !/:\d{1,5}\/?$/.test(typed))
    return 'Say the port too, such as tcp://host:2376.';
  if (read !== null) return null;
  if (typed.startsWith('unix://') && !typed.startsWith('unix:///'))
    return 'The socket needs a whole path: unix:///var/run/docker.sock.';
  if (typed.startsWith('ssh://')) return sshFault(typed);
  return 'Say where Docker listens: unix:///var/run/docker.sock, tcp://host:2376, ssh://user@host or context://NAME.';
}

export const form: KindForm<DockerServer> = {
  where: 'kanidmd in a container of Docker or Podman.',
  endpoint: {
    label: 'Docker endpoint',
    placeholder: 'unix:///var/run/docker.sock',
    hint: 'unix://, tcp://host:2376, ssh://user@host, or context://NAME',
    offers: 'containers',
    shown: (endpoint) => endpoint,
    written: (typed) => typed.trim(),
    fault,
  },
  configPlaceholder: '/data/server.toml',
  fields: {
    container: {
      ...{ label: 'Container', placeholder: 'kanidm', hint: 'Its name, as docker ps shows it.' },
      missing: 'Say which container runs kanidmd: its name, as docker ps shows it.',
      tellsApart: true,
    },
    certificates: {
      label: 'Certificates',
      placeholder: 'from the Docker config',
      hint: 'For tcp://: a folder with ca.pem, cert.pem, key.pem.',
      likeTheLast: true,
      trusted: 'With the TLS certificates in',
    },
  },
  address: {
    help: [
      ['unix:///var/run/docker.sock#NAME', 'kanidmd in the container NAME of that engine;'],
      ['', 'so with tcp://host:2376#NAME,'],
      ['', 'ssh://user@host#NAME and context://CONTEXT#NAME'],
    ],
    settings: 'of a container',
    read: readAddress,
  },
};

function readAddress(address: string): ReturnType<KindForm<DockerServer>['address']['read']> {
  const hash = address.indexOf('#');
  if (hash === -1)
    return ['unix', 'tcp', 'context'].includes(schemeOf(address) ?? '')
      ? { ok: false, complaint: `${address} needs a container: write ${address}#NAME` }
      : null;
  const [endpoint, container] = [address.slice(0, hash), address.slice(hash + 1)];
  if (schemeOf(endpoint) === null)
    return {
      ok: false,
      complaint: `${address} names a container, but no engine: write unix:///var/run/docker.sock#NAME`,
    };
  if (container === '') return { ok: false, complaint: `${address} needs the container’s name after #` };
  return { ok: true, fields: { endpoint, container } };
}
