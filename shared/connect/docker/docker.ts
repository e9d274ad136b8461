import { z } from 'zod';
import { shellWord } from '../../base/shell-word';
import type { ConnectionKind } from '../kind';
import { form } from './form';
import type { AnyServer } from '../server';
import { local, printable } from '../values';
import { DOCKER_ENDPOINTS, readDockerEndpoint } from './endpoint';
import { dockerShell, engineOptions } from './shell';

/** A server in a container of Docker or Podman. */
export interface DockerServer extends AnyServer {
  readonly connect: 'docker';
  /** `unix://`, `tcp://host:2376`, `ssh://user@host[:port]`, `context://NAME`. */
  readonly endpoint: string;
  readonly container: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for `tcp://`; null: the Docker config folder. Relative paths start at the fleet file. */
  readonly certificates: string | null;
}

const table = {
  connect: z.literal('docker'),
  endpoint: z
    .string()
    .refine((text) => readDockerEndpoint(text) !== null, `must look like ${DOCKER_ENDPOINTS}`),
  container: printable,
  certificates: local.nullable().default(null),
};

export const docker = {
  label: 'Docker',
  unit: 'container',
  table,
  form,
  usualConfig: form.configPlaceholder,
  noHelper: 'is reached by an engine’s API, whose users may do everything: there is nothing to allow.',
  endpointAdvice: 'Write where its engine is reached, such as endpoint = "unix:///var/run/docker.sock".',
  unitName: ({ container }) => container,
  identity: ({ endpoint, container }) => `docker ${endpoint} ${container}`,
  resolvePaths: (server, absolute) => ({
    ...server,
    certificates: server.certificates === null ? null : absolute(server.certificates),
  }),
  commandValues: ({ container, certificates }, { facts }) => [
    ['its container', container],
    ['its certificates', certificates],
    ['its image', facts?.container?.image],
    ['the unit of its container', facts?.container?.unit],
    ...(facts?.container?.mounts ?? []).map(({ source }) => ['the source of a mount', source] as const),
  ],
  shell: dockerShell,
  // In the throwaway container the copy lies in a folder of its own.
  testFolder: () => '/kanilink',
  // A stopped container runs nothing: the restore runs in one beside it, of the same image and with its mounts.
  restore: (server, { facts }, backup, config) => {
    const client = ['docker', ...engineOptions(server)].join(' ');
    const name = shellWord(server.container);
    const ask = (field: string): string => `"$(${client} inspect -f '{{.${field}}}' ${name})"`;
    const image = facts?.container ? shellWord(facts.container.image) : ask('Config.Image');
    const unit = facts?.container?.unit ?? null;
    const manage = (verb: string): string =>
      unit === null ? `${client} ${verb} ${name}` : `systemctl ${verb} ${shellWord(unit)}`;
    return [
      manage('stop'),
      `${client} run --rm --network none --volumes-from ${name} --user ${ask('Config.User')} --entrypoint ${ask('Path')} ${image} database restore ${shellWord(backup)} -c ${shellWord(config)}`,
      manage('start'),
    ];
  },
} satisfies ConnectionKind<DockerServer>;
