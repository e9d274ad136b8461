import { utilityProcess, type UtilityProcess } from 'electron';
import { toWindow, type EngineMessage, type FromWindow, type ToWindow } from '../../shared/ipc';
import type { Fault } from '../../shared/base/result';
import { withThreads } from '../engine/base/thread-pool';
import { OpenRequests } from './open-requests';

interface Parts {
  /** Path of the bundled engine. */
  readonly program: string;
  readonly args: readonly string[];
  readonly log: (line: string) => void;
  readonly received: (message: ToWindow) => void;
  /** Hears what is sent to it. */
  readonly sent?: (message: FromWindow) => void;
  /** It ended without being asked to, again and again: it is not started again by itself. */
  readonly died: (exitCode: number) => void;
  readonly fork?: (program: string, args: string[]) => UtilityProcess;
}

/** An engine that ends by itself is started again after these waits, milliseconds; then a person decides. */
export const RESTART_AFTER_MS = [1_000, 5_000, 30_000];
/** One that has run for so long begins with the first wait again. */
const STEADY_MS = 120_000;

const CLOSE_LIMIT_MS = 8_000;
/** A cancelled deploy ends the step it is at: a restart, or putting a file back, and a health check. */
const CLOSE_DEPLOY_LIMIT_MS = 120_000;

/**
 * The engine in its own process: a deploy goes on while the window draws, and a crash of the one is not a crash of the
 * other. When it dies, everything that waits for it is answered with `engine-stopped`, and it is started again; a deploy
 * is not: its journal says how far it came, and the window offers to resume it or to roll it back.
 */
export class EngineProcess {
  readonly requests = new OpenRequests();
  readonly #parts: Parts;
  #child: UtilityProcess | null = null;
  #closing = false;
  /** What is asked before the first start waits for it; null: there has been one. */
  #waiting: FromWindow[] | null = [];
  #restarts = 0;
  /**
   * It was started again, and the page does not know yet: what the page asks meanwhile was meant for the one before, which
   * knew of the page's text whose it is (`tellWhose`).
   */
  #unheard = false;
  /** What was said last of its process; null: it was started once, or never. */
  #news: EngineMessage | null = null;
  /** When it was started last, monotonic; null: never. */
  #startedAt: number | null = null;
  #restart: NodeJS.Timeout | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A person starts it, unless it runs. */
  start(): void {
    this.#restarts = 0;
    this.#start();
  }

  /** The computer woke up: what is watched is looked at at once. */
  woke(): void {
    this.#child?.postMessage('woke');
  }

  #start(): void {
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#restart = null;
    if (this.#child !== null || this.#closing) return;
    const { program, args, log, fork = forkEngine } = this.#parts;
    const child = fork(program, [...args]);
    const again = this.#startedAt !== null;
    this.#startedAt = performance.now();
    this.#child = child;
    this.#unheard = again;
    child.on('message', (message: unknown) => this.#receive(message));
    logLines(child.stdout, log);
    logLines(child.stderr, log);
    child.on('exit', (code) => this.#exited(code));
    if (again) this.#tell('running');
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const message of waiting) child.postMessage(message);
  }

  /** How it is now, for a page that was not there when that was said; null: nothing has happened to it. */
  get news(): EngineMessage | null {
    return this.#news;
  }

  /** The page knows of the newest start, or is another page, which holds no text that an engine knew of. */
  heard(): void {
    this.#unheard = false;
  }

  /**
   * Sends a message on; it waits for an engine that is yet to be started. Without one that was, or before the page knows that
   * another was started in its place, the answer is a fault at once.
   */
  send(message: FromWindow): void {
    this.requests.sent(message);
    this.#parts.sent?.(message);
    if (this.#unheard && (message.kind === 'ask' || message.kind === 'open')) this.#tellGone();
    else if (this.#child !== null) this.#child.postMessage(message);
    else if (this.#waiting !== null && !this.#closing) this.#waiting.push(message);
    else this.#tellGone();
  }

  /** Ends it: first by asking, so that connections and the practice fleet end with it, then by force. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
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
    if (performance.now() - (this.#startedAt ?? 0) > STEADY_MS) this.#restarts = 0;
    const inMs = RESTART_AFTER_MS[this.#restarts];
    if (inMs === undefined) {
      this.#tell('stopped');
      this.#parts.died(code);
      return;
    }
    this.#restarts += 1;
    this.#parts.log(`the engine is started again in ${inMs / 1000} s`);
    this.#tell('restarting', inMs);
    this.#restart = setTimeout(() => this.#start(), inMs);
  }

  #tell(state: EngineMessage['state'], inMs: number | null = null): void {
    this.#news = { kind: 'engine', state, inMs };
    this.#parts.received(this.#news);
  }

  #tellGone(): void {
    for (const message of this.requests.engineGone(engineStopped)) this.#parts.received(message);
  }
}

const engineStopped: Fault = {
  code: 'engine-stopped',
  message: 'The engine, the part of Kanilink that talks to servers, has stopped.',
  fix: 'Kanilink starts it again; if it stays stopped, restart it (menu Help, Restart engine). A deploy that was running can be resumed or rolled back from its journal.',
  where: {},
};

const forkEngine = (program: string, args: string[]): UtilityProcess =>
  utilityProcess.fork(program, args, {
    serviceName: 'Kanilink engine',
    stdio: 'pipe',
    env: withThreads(process.env),
  });

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
