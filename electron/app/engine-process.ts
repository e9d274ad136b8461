import { utilityProcess, type UtilityProcess } from 'electron';
import { toWindow, type FromWindow, type ToWindow } from '../../shared/ipc';
import type { Fault } from '../../shared/result';
import { OpenRequests } from './open-requests';

interface Parts {
  /** Path of the bundled engine. */
  readonly program: string;
  readonly args: readonly string[];
  readonly log: (line: string) => void;
  readonly received: (message: ToWindow) => void;
  /** It ended without being asked to. */
  readonly died: (exitCode: number) => void;
}

const CLOSE_LIMIT_MS = 8_000;
/** A cancelled deploy ends the step it is at: a restart, or putting a file back, and a health check. */
const CLOSE_DEPLOY_LIMIT_MS = 120_000;

/**
 * The engine in its own process: a deploy goes on while the window draws, and a crash of the one is not a crash of the
 * other. When it dies, everything that waits for it is answered with `engine-stopped`.
 */
export class EngineProcess {
  readonly requests = new OpenRequests();
  readonly #parts: Parts;
  #child: UtilityProcess | null = null;
  #closing = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts it, unless it runs. */
  start(): void {
    if (this.#child !== null || this.#closing) return;
    const { program, args, log } = this.#parts;
    const child = utilityProcess.fork(program, [...args], { serviceName: 'Kanilink engine', stdio: 'pipe' });
    this.#child = child;
    child.on('message', (message: unknown) => this.#receive(message));
    logLines(child.stdout, log);
    logLines(child.stderr, log);
    child.on('exit', (code) => this.#exited(code));
  }

  /** Sends a message on; without an engine the answer is a fault at once. */
  send(message: FromWindow): void {
    this.requests.sent(message);
    if (this.#child === null) this.#tellGone();
    else this.#child.postMessage(message);
  }

  /** Ends it: first by asking, so that connections and the practice fleet end with it, then by force. */
  async close(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.postMessage('close');
    const limitMs = this.requests.deploying ? CLOSE_DEPLOY_LIMIT_MS : CLOSE_LIMIT_MS;
    const force = setTimeout(() => child.kill(), limitMs);
    await gone;
    clearTimeout(force);
  }

  #receive(raw: unknown): void {
    const message = toWindow.safeParse(raw);
    if (!message.success) {
      this.#parts.log(`the engine sent what is not in the contract: ${message.error.message}`);
      return;
    }
    this.requests.received(message.data);
    this.#parts.received(message.data);
  }

  #exited(code: number): void {
    this.#child = null;
    if (this.#closing) return;
    this.#parts.log(`the engine stopped, exit code ${code}`);
    this.#tellGone();
    this.#parts.died(code);
  }

  #tellGone(): void {
    for (const message of this.requests.engineGone(engineStopped)) this.#parts.received(message);
  }
}

const engineStopped: Fault = {
  code: 'engine-stopped',
  message: 'The engine, the part of Kanilink that talks to servers, has stopped.',
  fix: 'Restart it (menu Help, Restart Engine). If a deploy was running, review the fleet before the next one.',
  where: {},
};

/** What the engine prints goes to the log file, line by line. */
function logLines(stream: NodeJS.ReadableStream | null, log: (line: string) => void): void {
  let rest = '';
  stream?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) log(`engine: ${line}`);
  });
  stream?.on('end', () => {
    if (rest !== '') log(`engine: ${rest}`);
  });
}
