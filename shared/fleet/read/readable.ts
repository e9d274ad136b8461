import { kindNamed, kindNames, kinds, switchKeysOf } from '../../connect/kinds';
import { domainUuid, type ServerId, trusted } from '../../base/names';
import type { Fleet, FleetServer, Link } from '../model/fleet';
import { linkSchema, linksOf, serverOf, serverSchema } from './schema';

/**
 * What can be shown of a file with faults: servers that have an id, links between two names. A field with a fault is as it
 * is written where it is text, empty where it must be there, else not said. Nothing may be planned or dialled from it.
 *
 * @param value of the whole file
 * @param name of a fleet that has none
 */
export function readable(value: unknown, name: string): Fleet {
  const top = asTable(value);
  const servers = new Map<string, FleetServer>();
  for (const table of tablesIn(top['server'])) {
    const server = readServer(table);
    if (server !== null && !servers.has(server.id)) servers.set(server.id, server);
  }
  return {
    name: typeof top['name'] === 'string' && top['name'] !== '' ? top['name'] : name,
    domainUuid: typeof top['domain_uuid'] === 'string' ? domainUuid(top['domain_uuid']) : null,
    servers: [...servers.values()],
    links: readLinks(tablesIn(top['link'])),
    removed: [],
  };
}

type Table = Readonly<Record<string, unknown>>;

function readServer(table: Table): FleetServer | null {
  const { id } = table;
  if (!isName(id)) return null;
  const connect = kindNamed(table['connect']);
  const given: Record<string, unknown> = { ...table, connect };
  const first = serverSchema.safeParse(given);
  if (first.success) return serverOf(first.data);
  const faulty = [...new Set(first.error.issues.map((issue) => String(issue.path[0])))];
  for (const key of faulty) Reflect.deleteProperty(given, key);
  // What is left out and must be there is stood in for, so that the rest is read; then it is put back as it is written.
  const endpoint = /"([^"]+)"/.exec(kinds[connect].endpointAdvice)?.[1];
  const required = Object.fromEntries(faulty.map((key) => [key, key === 'endpoint' ? endpoint : 'unknown']));
  const optional = serverSchema.safeParse(given);
  const missing = optional.success ? [] : optional.error.issues.map((issue) => String(issue.path[0]));
  const stood = Object.fromEntries(missing.map((key) => [key, required[key] ?? 'unknown']));
  const rest = serverSchema.safeParse({ ...given, ...stood });
  if (!rest.success) return null;
  const written = faulty.map((key): [string, unknown] => {
    const text = table[key];
    return [key, typeof text === 'string' ? text : missing.includes(key) ? '' : null];
  });
  const noTexts = ['position', ...kindNames.flatMap(switchKeysOf)];
  const shown = written.filter(([key, text]) => text !== null && !noTexts.includes(key));
  return serverOf(Object.assign(rest.data, Object.fromEntries(shown)));
}

function readLinks(tables: readonly Table[]): readonly Link[] {
  return linksOf(
    tables.flatMap((table) => {
      const { supplier, consumer } = table;
      if (!isName(supplier) || !isName(consumer)) return [];
      const read = linkSchema.safeParse(table);
      if (read.success) return [read.data];
      const plain = linkSchema.safeParse({ supplier: 'a', consumer: 'b' });
      if (!plain.success) return [];
      const ends = { supplier: trusted<ServerId>(supplier), consumer: trusted<ServerId>(consumer) };
      return [{ ...plain.data, ...ends }];
    }),
  );
}

/** What may stand for a server on the screen, were it not spelled as an id has to be. */
const isName = (text: unknown): text is string =>
  typeof text === 'string' && /^[^\p{Cc}\p{Cf}\s]{1,64}$/u.test(text);

const tablesIn = (list: unknown): readonly Table[] => (Array.isArray(list) ? list.map(asTable) : []);

const asTable = (value: unknown): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
