import type { z } from 'zod';
import { describePath, parseDocument, type TomlDocument } from './document';
import { type KeyPath } from '../../toml/toml-file';
import { type FleetFileCode, fleetFileProblem } from '../rules/fleet-file';
import { kindNamed, kindNames, kinds } from '../../connect/kinds';
import type { Fleet } from '../model/fleet';
import { checkFleet, unknownEnds } from './check-fleet';
import { type FleetSchema, fleetSchema, linksOf, serverOf } from './schema';
import { readable } from './readable';
import { type LeftOut, recover } from './recover';
import { unknownKeys } from './unknown-keys';
import { type Problem, problemOf } from '../../base/problem';
import type { Place } from '../../base/result';

export interface FleetReading {
  /**
   * Null when the file cannot be used at all: no TOML, a missing or malformed field, two servers of one id. With an
   * error that leaves the picture clear (a link to nobody, an unknown key) the fleet is there to be shown and repaired;
   * nothing may be planned from it while `problems` holds an error.
   */
  readonly fleet: Fleet | null;
  /** What can be shown, to be fixed: `fleet`, or as much as can be read of it. Null: nothing can. */
  readonly shown: Fleet | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads a fleet file (`design.md`, "The fleet file").
 * @param text the file's text; a byte order mark is accepted.
 * @param file named in problems; null when the fleet is not saved.
 * @returns the fleet, what can be shown of one with faults, and every problem with line, column and field.
 */
export function readFleet(text: string, file: string | null): FleetReading {
  const inFile: Place = file === null ? {} : { file };
  const parsed = parseDocument(withoutMark(text));
  if (parsed.ok) return readDocument(parsed.value, inFile);
  const { document, faults, left } = recover(withoutMark(text));
  const syntax = faults.map((fault) => problemOf({ ...fault, where: { ...inFile, ...fault.where } }));
  const rest = document === null ? null : readDocument(document, inFile);
  // What stands in a line that was left out is not missing, nor unknown.
  const others = (rest?.problems ?? []).filter((problem) => !comesOfLeaving(problem, left));
  return { fleet: null, shown: rest?.shown ?? null, problems: [...syntax, ...others].sort(byPlace) };
}

function readDocument(document: TomlDocument, inFile: Place): FleetReading {
  const place = (path: KeyPath): Place => ({ ...inFile, ...placeOf(document, path) });
  const typos = unknownKeys(document).map(({ path, message, fix }) =>
    fleetFileProblem('fleet-unknown-key', null, message, fix, place(path)),
  );
  const part = (): Fleet => readable(document.value, inFile.file ?? 'Fleet');
  const read = fleetSchema.safeParse(document.value);
  if (!read.success) {
    const malformed = read.error.issues.map((issue) => {
      const path = issue.path.map(pathPart);
      const at = (some: KeyPath): unknown => valueAt(document.value, some);
      return fieldProblem(issue, at, place(path));
    });
    const links = unknownEnds(document.value, place);
    return { fleet: null, shown: part(), problems: [...malformed, ...links, ...typos].sort(byPlace) };
  }
  const checked = checkFleet(read.data, place, (path) => valueAt(document.value, path));
  const problems = [...typos, ...checked].sort(byPlace);
  const usable = !checked.some((problem) => problem.code === ('fleet-duplicate-id' satisfies FleetFileCode));
  const fleet = usable ? fleetOf(read.data) : null;
  return { fleet, shown: fleet ?? part(), problems };
}

function comesOfLeaving({ code, where, message }: Problem, left: readonly LeftOut[]): boolean {
  if (code === ('fleet-missing-field' satisfies FleetFileCode)) {
    const [field, ...tables] = (where.field ?? '').split('.').reverse();
    // A field that is missing stands at the header of its table.
    const table = tables.length === 0 ? null : where.line;
    return left.some((line) => line.table === table && line.text.includes(field ?? ''));
  }
  if (code !== ('fleet-link-unknown-server' satisfies FleetFileCode)) return false;
  const ids = left.flatMap((line) => /^\s*id\s*=\s*"?([^"\s]+)/.exec(line.text)?.[1] ?? []);
  return ids.some((id) => message.includes(` ${id},`));
}

/** The text without a byte order mark, which the parser refuses. */
export const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

function fleetOf(read: FleetSchema): Fleet {
  return {
    name: read.name,
    domainUuid: read.domain_uuid,
    servers: read.server.map(serverOf),
    links: linksOf(read.link),
    removed: read.removed.map((entry) => entry.origin),
  };
}

/** Where a path is written; for a missing key, the table it is missing from. */
function placeOf(document: TomlDocument, path: KeyPath): Place {
  for (let length = path.length; length > 0; length -= 1) {
    const found = document.find(path.slice(0, length));
    if (found === null) continue;
    const { line, column } = found.loc.start;
    return { line, column: column + 1, field: describePath(path) };
  }
  return { line: 1, column: 1, field: describePath(path) };
}

function fieldProblem(issue: z.core.$ZodIssue, at: (path: KeyPath) => unknown, where: Place): Problem {
  const path = issue.path.map(pathPart);
  const missing = at(path) === undefined;
  const field = fieldInWords(path, at);
  const name = issue.path.filter((part) => typeof part === 'string').at(-1) ?? 'the file';
  return fleetFileProblem(
    missing ? 'fleet-missing-field' : 'fleet-bad-field',
    null,
    missing ? `${field} is missing` : `${field} ${wording(issue)}`,
    name === 'endpoint' ? endpointAdvice(path, at) : (advice[name] ?? `Correct ${name}.`),
    where,
  );
}

/** `origin of idm-b`, or, of a table that has no id, `origin of the 2nd [[server]]`: nobody counts from zero. */
function fieldInWords(path: KeyPath, at: (path: KeyPath) => unknown): string {
  const [table, index, ...rest] = path;
  if (typeof table !== 'string' || typeof index !== 'number') return describePath(path);
  const id = at([table, index, 'id']);
  const known = typeof id === 'string' && id !== '' && rest[0] !== 'id';
  const which = known ? id : `the ${ordinal(index + 1)} [[${table}]]`;
  return rest.length === 0 ? which : `${describePath(rest)} of ${which}`;
}

function ordinal(count: number): string {
  const teen = count % 100 > 10 && count % 100 < 14;
  return `${count}${(teen ? undefined : ['th', 'st', 'nd', 'rd'][count % 10]) ?? 'th'}`;
}

/** What to write into the endpoint of a server, by how it is reached. */
function endpointAdvice([table, index]: KeyPath, at: (path: KeyPath) => unknown): string {
  const connect = table === 'server' && index !== undefined ? at([table, index, 'connect']) : undefined;
  return kinds[kindNamed(connect)].endpointAdvice;
}

function wording(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${typeWords[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'invalid_union')
    return `must be ${[...kindNames]
      .sort()
      .map((it) => `"${it}"`)
      .join(' or ')}`;
  return issue.message;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number',
  boolean: 'true or false',
  object: 'a table',
  array: 'written as a table in double brackets, such as [[server]]',
};

/** What to write, by field. */
const advice: Readonly<Record<string, string>> = {
  version: 'Write version = 1; another number needs a newer Kanilink.',
  name: 'Write the fleet’s name, such as name = "Home lab".',
  domain_uuid: 'Copy it from "kanidmd domain show", or remove the line.',
  server: 'Write each server as [[server]] with its own lines.',
  link: 'Write each link as [[link]] with supplier and consumer.',
  removed: 'Write each removed server as [[removed]] with its origin.',
  id: 'Write an id such as id = "idm-a".',
  connect: `Write ${kindNames.map((it) => `connect = "${it}"`).join(' or ')}.`,
  container: 'Write the container’s name, such as container = "idm-a".',
  origin: 'Write what partners dial, such as origin = "repl://idm-a.example.com:8444".',
  supplier_origin: 'Write a name such as supplier_origin = "repl://a.vpn:8444", or remove the line.',
  consumer_origin: 'Write a name such as consumer_origin = "repl://b.vpn:8444", or remove the line.',
  bindaddress: 'Write an address such as bindaddress = "0.0.0.0:8444", or remove the line.',
  supplier: 'Write the id of the server whose data wins, such as supplier = "idm-a".',
  consumer: 'Write the id of the server that fetches, such as consumer = "idm-b".',
  refresh_from: 'Write the id of one of its suppliers, or remove the line.',
  position: 'Write position = { x = 0, y = 0 }, or remove the line.',
  x: 'Write position = { x = 0, y = 0 }.',
  y: 'Write position = { x = 0, y = 0 }.',
};

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined),
    value,
  );
}

const pathPart = (part: PropertyKey): string | number => (typeof part === 'number' ? part : String(part));

const byPlace = (a: Problem, b: Problem): number =>
  (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0);
