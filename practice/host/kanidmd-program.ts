import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Child, Children } from './children';

/** The practice kanidmd as one machine runs it: a program of its own, told its version and pace by the environment. */
export class KanidmdProgram {
  readonly #children: Children;
  readonly #command: readonly string[];
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    children: Children,
    options: {
      /** The words that start it. */
      readonly command: readonly string[];
      readonly cwd: string;
      readonly version: string;
      readonly speed: number;
      /** More of the program's own PRACTICE_ variables. */
      readonly env: Readonly<Record<string, string>>;
    },
  ) {
    this.#children = children;
    this.#command = options.command;
    this.#cwd = options.cwd;
    // Nothing of our own environment but what a program needs to run: a KANIDM_* variable would override server.toml.
    this.#env = {
      PATH: process.env['PATH'],
      HOME: options.cwd,
      TMPDIR: process.env['TMPDIR'],
      ...options.env,
      PRACTICE_VERSION: options.version,
      PRACTICE_SPEED: String(options.speed),
    };
  }

  /** @param more variables of the unit's own, which a command run by hand does not see. */
  start(args: readonly string[], more: Readonly<Record<string, string>> = {}): Child {
    const env = { ...this.#env, ...more };
    const [file = '', ...words] = this.#command;
    return this.#children.spawn(file, [...words, ...args], { cwd: this.#cwd, env });
  }
}

/**
 * Where the practice kanidmd lies: `PRACTICE_KANIDMD`, else `practice-kanidmd.cjs` in `folder`.
 *
 * @throws when there is none: nothing can be practised without it.
 */
export function findKanidmd(folder: string): string {
  const named = process.env['PRACTICE_KANIDMD'];
  if (named) {
    if (!existsSync(named)) throw new Error(`PRACTICE_KANIDMD names ${named}, which does not exist.`);
    return named;
  }
  const beside = join(folder, 'practice-kanidmd.cjs');
  if (!existsSync(beside)) {
    throw new Error(
      `The practice kanidmd is not at ${beside}. Build it (npm run build) or set PRACTICE_KANIDMD.`,
    );
  }
  return beside;
}
