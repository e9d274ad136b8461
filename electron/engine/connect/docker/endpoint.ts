import { fail, ok, type Result } from '../../../../shared/result';
import { type At, faultAt } from '../ssh/faults';

/** An endpoint of the fleet file, taken apart. */
export type Endpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'ssh' }
  | { readonly kind: 'context'; readonly name: string };

/** Docker's own port with TLS, used when `tcp://` names none. */
export const TLS_PORT = 2376;

/**
 * Reads `unix:///path`, `npipe:////./pipe/name`, `tcp://host[:port]`, `ssh://…` or `context://NAME`. A `ssh://` endpoint is
 * read further where SSH endpoints are.
 */
export function readEndpoint(endpoint: string, at: At): Result<Endpoint> {
  const read = parse(endpoint);
  if (read !== null) return ok(read);
  return fail(
    faultAt(
      at,
      'endpoint-invalid',
      'this is not an endpoint of a Docker Engine',
      'Write unix:///var/run/docker.sock, tcp://host:2376, ssh://user@host or context://NAME.',
    ),
  );
}

function parse(endpoint: string): Endpoint | null {
  const socket = /^unix:\/\/(\/[^\0]+)$/.exec(endpoint);
  if (socket?.[1]) return { kind: 'socket', path: socket[1] };
  const pipe = /^npipe:\/\/(\/\/\.\/pipe\/[\w.-]+)$/.exec(endpoint);
  if (pipe?.[1]) return { kind: 'socket', path: pipe[1] };
  if (endpoint.startsWith('ssh://')) return { kind: 'ssh' };
  // Docker's own rule for names of contexts.
  const context = /^context:\/\/([a-zA-Z0-9][a-zA-Z0-9_.+-]+)$/.exec(endpoint);
  if (context?.[1]) return { kind: 'context', name: context[1] };
  const tcp = /^tcp:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.-]*)(?::(\d{1,5}))?\/?$/.exec(endpoint);
  if (!tcp?.[1]) return null;
  const port = tcp[2] === undefined ? TLS_PORT : Number(tcp[2]);
  if (port < 1 || port > 65535) return null;
  return { kind: 'tcp', host: tcp[1].replace(/^\[|\]$/g, ''), port };
}
