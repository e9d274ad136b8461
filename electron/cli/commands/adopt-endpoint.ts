import type { Reach } from '../../../shared/fleet/adopt/findings';

/** How a server to adopt is written on the command line, for the help. */
export const endpointHelp = `An ENDPOINT is one of
  ssh://user@host[:port], user@host or an alias of ~/.ssh/config    kanidmd as a systemd service
  unix:///var/run/docker.sock#NAME                                  kanidmd in the container NAME of that engine;
                                                                    so with tcp://host:2376#NAME,
                                                                    ssh://user@host#NAME and context://CONTEXT#NAME
Settings of the fleet file may follow, each after a comma: ssh://admin@host,sudo,service=kanidmd-test
  over SSH: sudo, service, kanidmd, identity, known_hosts, config; of a container: certificates, config
Relative paths start at the fleet file.`;

type Read = { readonly ok: true; readonly value: Reach } | { readonly ok: false; readonly complaint: string };

/**
 * Reads one ENDPOINT of `kanilink adopt`.
 * @returns a complaint in one sentence when it is none; whether the endpoint itself is well formed, the fleet file's
 * own schema says.
 */
export function readEndpoint(text: string): Read {
  const [address = '', ...settings] = text.split(',').map((part) => part.trim());
  if (address === '') return complain(`"${text}" names no server`);
  const hash = address.indexOf('#');
  const connect = hash === -1 ? 'ssh' : 'docker';
  const endpoint = hash === -1 ? address : address.slice(0, hash);
  const scheme = /^([a-z]+):\/\//.exec(endpoint)?.[1] ?? null;
  if (connect === 'ssh' && scheme !== null && scheme !== 'ssh')
    return complain(
      ['unix', 'tcp', 'context'].includes(scheme)
        ? `${endpoint} needs a container: write ${endpoint}#NAME`
        : `${endpoint} is no endpoint: ${scheme}:// is not known`,
    );
  if (connect === 'docker' && scheme === null)
    return complain(`${address} names a container, but no engine: write unix:///var/run/docker.sock#NAME`);
  const container = address.slice(hash + 1);
  if (connect === 'docker' && container === '')
    return complain(`${address} needs the container's name after #`);
  const reach: Reach =
    connect === 'ssh'
      ? { connect, endpoint: scheme === null ? `ssh://${endpoint}` : endpoint }
      : { connect, endpoint, container };
  return withSettings(reach, settings);
}

function withSettings(reach: Reach, settings: readonly string[]): Read {
  const known: Readonly<Record<string, keyof Reach>> = reach.connect === 'ssh' ? sshKeys : dockerKeys;
  let result = reach;
  for (const setting of settings) {
    const [key = '', value = 'true'] = split(setting);
    const field = known[key];
    if (field === undefined)
      return complain(
        `"${setting}" is no setting of a server reached by ${reach.connect === 'ssh' ? 'SSH' : 'Docker'}; known are ${Object.keys(known).join(', ')}`,
      );
    if (field === 'sudo') {
      if (value !== 'true' && value !== 'false') return complain('sudo is sudo, sudo=true or sudo=false');
      result = value === 'true' ? { ...result, sudo: true } : result;
    } else {
      if (!setting.includes('=') || value === '') return complain(`${key} needs a value: ${key}=…`);
      result = { ...result, [field]: value };
    }
  }
  return { ok: true, value: result };
}

const sshKeys = {
  sudo: 'sudo',
  service: 'service',
  kanidmd: 'kanidmd',
  identity: 'identity',
  known_hosts: 'knownHosts',
  config: 'config',
} as const;

const dockerKeys = { certificates: 'certificates', config: 'config' } as const;

function split(setting: string): readonly string[] {
  const at = setting.indexOf('=');
  return at === -1 ? [setting] : [setting.slice(0, at), setting.slice(at + 1)];
}

const complain = (complaint: string): Read => ({ ok: false, complaint });
