import type { FleetFileCode } from '../rules/fleet-file';
import { parseDocument, type TomlDocument } from '../read/document';
import { readFleet, withoutMark } from '../read/read-fleet';
import { applyEdits, type TextEdit } from '../../toml/text-edit';
import type { Problem } from '../../base/problem';
import { fail, ok, type Result } from '../../base/result';

/** One step of an edit, on the file as the steps before left it. */
export type FleetEdit = (document: TomlDocument) => Result<readonly TextEdit[]>;

/**
 * Runs the steps one after the other and reads the outcome again.
 * @returns the new text; or the fault of a step; or, when the edit would bring an error the file did not have before,
 * that error. A file with errors can be edited towards better, never towards worse.
 */
export function editFleet(text: string, steps: readonly FleetEdit[]): Result<string> {
  const mark = text.slice(0, text.length - withoutMark(text).length);
  let current = withoutMark(text);
  for (const step of steps) {
    const document = parseDocument(current);
    if (!document.ok) return document;
    const inline = document.value.topLevel.find((pair) => tableNames.includes(nameOf(pair)));
    if (inline) return fail(writtenInline(nameOf(inline), inline.loc.start.line));
    const edits = step(document.value);
    if (!edits.ok) return edits;
    current = applyEdits(current, edits.value);
  }
  if (current === withoutMark(text)) return ok(text);
  const worse = newErrors(readFleet(text, null).problems, readFleet(current, null).problems)[0];
  if (worse) return fail({ code: worse.code, message: worse.message, fix: worse.fix, where: worse.where });
  return ok(mark + current);
}

/** The position of a server among the file's servers, by its id; null when there is none. */
export function serverAt(document: TomlDocument, id: string): number | null {
  const at = tableValues(document, 'server').findIndex((server) => server['id'] === id);
  return at === -1 || document.file.findTable(['server', at]) === null ? null : at;
}

/** The values of all tables of one name, in the order of the file. */
export function tableValues(
  document: TomlDocument,
  name: string,
): readonly Readonly<Record<string, unknown>>[] {
  const value = document.value;
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return Array.isArray(list)
    ? list.map((item: unknown) => (typeof item === 'object' ? { ...item } : {}))
    : [];
}

/** The fault `no-such-server`, at that id. */
export const noSuchServer = (id: string): Result<never> =>
  fail({
    code: 'no-such-server',
    message: `the fleet has no server ${id}`,
    fix: 'Choose a server that is in the fleet.',
    where: { server: id },
  });

const tableNames = ['server', 'link', 'removed'];
const nameOf = (pair: TomlDocument['topLevel'][number]): string => {
  const key = pair.key.keys[0];
  return key === undefined ? '' : key.type === 'TOMLBare' ? key.name : key.value;
};

const writtenInline = (name: string, line: number) => ({
  code: 'fleet-inline-tables' satisfies FleetFileCode,
  message: `the file writes its ${name} tables in one line, which Kanilink reads but does not edit`,
  fix: `Write each as [[${name}]] with its own lines.`,
  where: { line, field: name },
});

/** Errors of a kind there are more of than before. */
function newErrors(before: readonly Problem[], after: readonly Problem[]): readonly Problem[] {
  const left = new Map<string, number>();
  for (const problem of before) left.set(problem.code, (left.get(problem.code) ?? 0) + 1);
  return after.filter((problem) => {
    const count = left.get(problem.code) ?? 0;
    left.set(problem.code, count - 1);
    return problem.severity === 'error' && count <= 0;
  });
}
