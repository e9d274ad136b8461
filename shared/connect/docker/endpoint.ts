import { isLocalPath, readHostPort, readSshEndpoint } from '../../base/reach-names';

/** An endpoint of a Docker Engine, taken apart. */
export type DockerEndpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'ssh' }
  | { readonly kind: 'context'; readonly name: string };

/** Docker's own port with TLS, used when `tcp://` names none. */
export const TLS_PORT = 2376;

/** What an endpoint may be, for messages. */
export const DOCKER_ENDPOINTS =
  '"unix:///var/run/docker.sock", "tcp://host:2376", "ssh://user@host" or "context://NAME"';

/**
 * Reads `unix:///path`, `npipe:////./pipe/name`, `tcp://host[:port]`, `ssh://…` or `context://NAME`.
 * @returns null: it is none of them.
 */
export function readDockerEndpoint(endpoint: string): DockerEndpoint | null {
  const socket = /^unix:\/\/(\/[^\0]+)$/.exec(endpoint);
  // Two slashes lead to another host on Windows, a pipe of which asks for the person's name.
  if (socket?.[1]) return isLocalPath(socket[1]) ? { kind: 'socket', path: socket[1] } : null;
  const pipe = /^npipe:\/\/(\/\/\.\/pipe\/[\w.-]+)$/.exec(endpoint);
  if (pipe?.[1]) return { kind: 'socket', path: pipe[1] };
  if (endpoint.startsWith('ssh://')) return readSshEndpoint(endpoint) === null ? null : { kind: 'ssh' };
  // Docker's own rule for names of contexts.
  const context = /^context:\/\/([a-zA-Z0-9][a-zA-Z0-9_.+-]+)$/.exec(endpoint);
  if (context?.[1]) return { kind: 'context', name: context[1] };
  if (!endpoint.startsWith('tcp://')) return null;
  const tcp = readHostPort(endpoint.slice('tcp://'.length).replace(/\/$/, ''));
  return tcp === null ? null : { kind: 'tcp', host: tcp.host, port: tcp.port ?? TLS_PORT };
}
