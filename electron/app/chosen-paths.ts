import { extname, resolve } from 'node:path';
import type { FromWindow } from '../../shared/ipc';
import type { Fault } from '../../shared/base/result';

/** More than a person chooses in one session; the oldest are forgotten beyond it. */
const MOST = 1000;

/**
 * The files a person has chosen: in a dialog, on the command line, in the file manager, by a drop, or from the recent
 * list. The page may name these and no others, so that a page that is no longer ours cannot read or write where it likes.
 */
export class ChosenPaths {
  readonly #paths = new Set<string>();

  /** @param path absolute, or relative to this process' folder */
  add(path: string): void {
    const file = resolve(path);
    this.#paths.delete(file);
    this.#paths.add(file);
    for (const oldest of this.#paths) {
      if (this.#paths.size <= MOST) break;
      this.#paths.delete(oldest);
    }
  }

  has(path: string): boolean {
    return this.#paths.has(resolve(path));
  }

  /** Why a message of the page must not go on to the engine; null: it may. */
  refusal(message: FromWindow): Fault | null {
    if (message.kind !== 'ask' && message.kind !== 'open') return null;
    const stranger = pathsIn(message.question).find((path) => !this.has(path));
    if (stranger !== undefined) return notChosen(stranger);
    if (message.kind !== 'ask' || message.name !== 'fleet.save') return null;
    const path: unknown = at(message.question, 'path');
    return typeof path === 'string' && isFleetFile(path) ? null : noFleetFile(path);
  }
}

/** Fleet files are written under this extension only. */
export const isFleetFile = (path: string): boolean => underExtension(path, '.toml') === path;

/** A path under the extension of what is written there, whatever name was suggested and chosen. */
export const underExtension = (path: string, extension: `.${string}`): string =>
  extname(path).toLowerCase() === extension ? path : `${path}${extension}`;

/** The names under which the contract's questions carry paths of this computer; a fleet has its own. */
export const PATH_FIELDS = ['path', 'from', 'fleetPath'] as const;

/** The paths that a question of the contract names. */
export function pathsIn(question: unknown): readonly string[] {
  const named = [question, at(question, 'fleet')].flatMap((one) =>
    PATH_FIELDS.map((field) => at(one, field)),
  );
  return named.filter((path) => typeof path === 'string');
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/** The page named a file that nobody chose. */
export const notChosen = (file: string): Fault => ({
  code: 'file-not-chosen',
  message: 'Kanilink opens and saves only files that you chose.',
  fix: 'Choose the file with Open or Save As.',
  where: { file },
});

const noFleetFile = (path: unknown): Fault => ({
  code: 'not-a-fleet-file',
  message: 'A fleet is saved only in a file whose name ends in .toml.',
  fix: 'Save it under such a name with Save As.',
  where: typeof path === 'string' ? { file: path } : {},
});
