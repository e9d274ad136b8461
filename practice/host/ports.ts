import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Picks ports on 127.0.0.1 that are free now. They lie below the range from which systems take ports for outgoing connections,
 * so that nothing takes them by chance before they are listened on.
 */
export class PortPicker {
  readonly #taken = new Set<number>();

  async pick(): Promise<number> {
    for (let tries = 0; tries < 200; tries += 1) {
      const port = randomInt(20_000, 32_000);
      if (this.#taken.has(port) || !(await isFree(port))) continue;
      this.#taken.add(port);
      return port;
    }
    throw new Error('No free port found on 127.0.0.1 between 20000 and 32000.');
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
