import { createServer } from 'node:http';
import { fail, ok, type Fault, type Result } from '../../../shared/base/result';
import type { FleetMetrics } from './fleet-metrics';

/** Where metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

const LIMITS = {
  ...{ maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000 },
  // Node looks at the limits of heads so often.
  connectionsCheckingInterval: 1000,
};
const MOST_CONNECTIONS = 32;
/** Requests of one connection: more of them at once would be answered at once. */
const MOST_REQUESTS = 20;
/** A connection on which nothing moves, as of who asks and never reads. Milliseconds. */
const SILENT_MS = 15_000;

/**
 * `9777`, `:9777`, `127.0.0.1:9777`, `[::1]:9777`. Without a host it is this computer's own address, 127.0.0.1.
 * @returns null when it is none of these.
 */
export function metricsAddress(text: string): MetricsAddress | null {
  const read = /^(?:(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))?:)?(\d{1,5})$/.exec(text);
  const port = Number(read?.[3]);
  if (read === null || port > 65_535) return null;
  return { host: read[1] ?? read[2] ?? '127.0.0.1', port };
}

/**
 * Serves `GET /metrics`, and nothing else, at that address only.
 * @returns where it listens (port 0: any that is free) and how it ends; a fault when the address cannot be used.
 */
export function serveMetrics(
  { host, port }: MetricsAddress,
  metrics: FleetMetrics,
): Promise<Result<{ readonly port: number; readonly close: () => Promise<void> }>> {
  let rendering: Promise<string> | null = null;
  // Who asks meanwhile gets the same.
  const render = (): Promise<string> =>
    (rendering ??= metrics.text().finally(() => {
      rendering = null;
    }));
  const server = createServer(LIMITS, (request, response) => {
    request.resume();
    const path = (request.url ?? '').split('?')[0];
    const read = request.method === 'GET' || request.method === 'HEAD';
    if (!read || path !== '/metrics') {
      response.writeHead(read ? 404 : 405, { 'content-type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    render().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = MOST_REQUESTS;
  server.setTimeout(SILENT_MS);
  return new Promise((resolve) => {
    server.once('error', (cause: NodeJS.ErrnoException) => resolve(fail(notServed(host, port, cause))));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(
        ok({
          port: typeof address === 'object' && address !== null ? address.port : port,
          close: () =>
            new Promise<void>((closed) => {
              server.close(() => closed());
              server.closeAllConnections();
            }),
        }),
      );
    });
  });
}

const notServed = (host: string, port: number, cause: NodeJS.ErrnoException): Fault => ({
  code: 'metrics-not-served',
  message: `Metrics cannot be served at ${host}, port ${port}: ${cause.code ?? cause.message}.`,
  fix:
    cause.code === 'EADDRINUSE'
      ? 'Name another port, or end what uses it.'
      : 'Name an address of this computer.',
  where: {},
});
