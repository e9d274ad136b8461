import { passOn } from './kanidmd';
import { fail, type Exit, type Invocation, type MachineParts } from './command';

/** Which options of a tool take a value of their own, and whether that value is a path. */
interface Tool {
  /** Options followed by a plain value: `-m 0600`, `--mode=0600`. */
  readonly values: readonly string[];
  /** Options whose value is a path: `--reference=PATH`. */
  readonly paths: readonly string[];
  /** The first words are no paths: a mode, an owner, a context. */
  readonly leading?: number;
  /** Every word is an assignment, and the values of these are paths: dd's `of=PATH`. */
  readonly assigned?: readonly string[];
  /** Symlinks are acted on themselves, not on what they point at. */
  readonly noFollow?: boolean;
}

/** The real tools a machine offers. Everything that is not an option or an option's value is a path. */
export const FENCED_TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ['cat', { values: [], paths: [] }],
  ['chcon', { values: [], paths: ['--reference'] }],
  ['chmod', { values: [], paths: ['--reference'], leading: 1 }],
  ['chown', { values: [], paths: ['--reference'], leading: 1 }],
  ['cp', { values: [], paths: ['-t', '--target-directory'] }],
  ['dd', { values: [], paths: [], assigned: ['if', 'of'] }],
  ['df', { values: ['-B', '--block-size', '--output'], paths: [] }],
  ['install', { values: ['-m', '--mode', '-o', '--owner', '-g', '--group'], paths: ['-t'] }],
  ['ln', { values: [], paths: [] }],
  ['ls', { values: ['--time-style'], paths: [] }],
  ['mkdir', { values: ['-m', '--mode'], paths: [] }],
  ['mv', { values: [], paths: ['-t', '--target-directory'] }],
  ['readlink', { values: [], paths: [], noFollow: true }],
  ['rm', { values: [], paths: [], noFollow: true }],
  ['rmdir', { values: [], paths: [], noFollow: true }],
  ['sha256sum', { values: [], paths: [] }],
  ['stat', { values: ['-c', '--format', '--printf'], paths: [] }],
  ['sync', { values: [], paths: [] }],
  ['tee', { values: [], paths: [] }],
  ['test', { values: [], paths: [] }],
]);

/**
 * Runs one of the system's own tools, provided that every path it is given lies inside the machine. Another one is refused in the
 * words the tool itself has for a path it may not read.
 */
export async function fencedTool(name: string, invocation: Invocation, machine: MachineParts): Promise<Exit> {
  const tool = FENCED_TOOLS.get(name);
  if (!tool) return fail(invocation, 127, `sh: 1: ${name}: not found`);
  const words: string[] = [];
  for (const word of readWords(invocation.args, tool, name)) {
    if (word.path === null) {
      words.push(word.before);
      continue;
    }
    const asItIs = word.path === '/dev/stdin' || (name === 'stat' && machine.fence.isAbove(word.path));
    const inside = asItIs ? word.path : await machine.fence.enter(word.path, !tool.noFollow);
    if (inside === null) return fail(invocation, 1, denied(name, word.path));
    words.push(word.before + inside);
  }
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  const child = machine.children.spawn(name, words, { cwd: machine.fence.root, env });
  return passOn(child, invocation, machine.children);
}

/** A word: what stands before the path in it (`--reference=`), and the path, if any. */
interface Word {
  readonly before: string;
  readonly path: string | null;
}

function* readWords(args: readonly string[], tool: Tool, name: string): Generator<Word> {
  let optionsEnded = false;
  let operands = 0;
  const byReference = args.some((arg) => arg.startsWith('--reference'));
  const leading = byReference ? 0 : (tool.leading ?? 0);
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const assigned = tool.assigned && /^([a-z]+)=/.exec(arg);
    if (assigned) {
      const cut = assigned[0].length;
      const path = tool.assigned?.includes(assigned[1] ?? '') === true;
      yield path ? { before: arg.slice(0, cut), path: arg.slice(cut) } : { before: arg, path: null };
      continue;
    }
    const isOption = !optionsEnded && arg.startsWith('-') && arg !== '-';
    if (!isOption) {
      // test(1)'s `!` and `=` are operators; what it compares is never a path.
      const plain = operands < leading || arg === '-' || (name === 'test' && ['!', '=', '!='].includes(arg));
      yield plain ? { before: arg, path: null } : { before: '', path: arg };
      operands += 1;
      continue;
    }
    if (arg === '--') optionsEnded = true;
    const equals = arg.indexOf('=');
    const option = equals < 0 ? arg : arg.slice(0, equals);
    if (equals >= 0 && tool.paths.includes(option)) {
      yield { before: arg.slice(0, equals + 1), path: arg.slice(equals + 1) };
    } else if (equals < 0 && tool.paths.includes(option)) {
      yield { before: arg, path: null };
      at += 1;
      yield { before: '', path: args[at] ?? '' };
    } else {
      yield { before: arg, path: null };
      if (equals < 0 && tool.values.includes(option)) {
        at += 1;
        yield { before: args[at] ?? '', path: null };
      }
    }
  }
}

function denied(name: string, path: string): string {
  const doing: Record<string, string> = {
    stat: `cannot statx '${path}'`,
    mv: `cannot move to or from '${path}'`,
    rm: `cannot remove '${path}'`,
    mkdir: `cannot create directory '${path}'`,
    rmdir: `failed to remove '${path}'`,
    install: `cannot create regular file '${path}'`,
    cp: `cannot access '${path}'`,
    ls: `cannot access '${path}'`,
  };
  return `${name}: ${doing[name] ?? path}: Permission denied`;
}
