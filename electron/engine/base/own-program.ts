import { join } from 'node:path';

/** Programs of ours that have no window. The app's executable runs these and no other: what it is given is a name, never a path. */
export const OWN_PROGRAMS = ['cli', 'practice-host', 'practice-kanidmd'] as const;
export type OwnProgram = (typeof OWN_PROGRAMS)[number];

/** The argument that names one. What follows `--` is the program's own. */
export const PROGRAM_SWITCH = '--kanilink-program=';

/**
 * What Chromium is told when Electron's main process runs such a program: no display, no helper processes, no word of its own on
 * standard error. There is no page that a sandbox would hold, and root needs none. The scripts of `build/package` say the same.
 */
export const WITHOUT_A_WINDOW = [
  ...['--no-sandbox', '--no-zygote', '--ozone-platform=headless'],
  ...['--disable-gpu', '--disable-software-rasterizer', '--in-process-gpu'],
  ...['--enable-features=NetworkServiceInProcess2', '--disable-breakpad', '--log-level=3'],
] as const;

/**
 * The words that start a program of ours: by the same executable that runs this one.
 *
 * @param folder of the bundled programs
 * @param runtime the process, in the main process of an app; a helper's executable is another one on macOS
 */
export function startOf(
  program: OwnProgram,
  folder: string,
  runtime: Pick<NodeJS.Process, 'execPath' | 'versions'> = process,
): readonly string[] {
  if (!('electron' in runtime.versions)) return [runtime.execPath, join(folder, `${program}.cjs`)];
  // A bare Electron is told whose programs these are; a packaged one holds them.
  const bare = Reflect.get(runtime, 'defaultApp') === true ? [join(folder, '..', '..')] : [];
  return [runtime.execPath, ...WITHOUT_A_WINDOW, ...bare, `${PROGRAM_SWITCH}${program}`, '--'];
}

/** The words that start the practice host, which is told how to start a practice kanidmd. */
export function startOfPractice(
  folder: string,
  runtime: Pick<NodeJS.Process, 'execPath' | 'versions'> = process,
): readonly string[] {
  const host = startOf('practice-host', folder, runtime);
  // Where a Node runs it, it finds the other file beside its own.
  if (!('electron' in runtime.versions)) return host;
  return [...host, ...startOf('practice-kanidmd', folder, runtime).map((word) => `--kanidmd=${word}`)];
}
