import { z } from 'zod';
import { domainUuid, serverId } from '../../base/names';
import type { FleetServer, Link } from '../model/fleet';
import { parseOrigin } from '../../base/origin';
import { type KindName, kindNames, kinds } from '../../connect/kinds';
import { filled, printable } from '../../connect/values';

/** What a fleet file may hold, field by field (`design.md`, "The fleet file"). Unknown keys are found by `unknownKeys`. */

/** Text of a certain form, as the value it stands for. */
const written = <T>(read: (text: string) => T | null, message: string) =>
  z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== null) return value;
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  });

const id = written(
  serverId,
  'must be lower-case letters, digits and hyphens, starting with a letter or digit',
);
const origin = written(
  (text) => parseOrigin(text)?.origin ?? null,
  'must look like "repl://idm-a.example.com:8444"',
);
const bindaddress = z
  .string()
  .regex(
    /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$/,
    'must be an IP address and a port, as in "0.0.0.0:8444"; a name does not start',
  );

const anyServer = {
  id,
  config: printable.nullable().default(null),
  origin: origin.nullable().default(null),
  bindaddress: bindaddress.nullable().default(null),
  refresh_from: id.nullable().default(null),
  position: z.object({ x: z.number(), y: z.number() }).nullable().default(null),
};

type TableOf<Own extends z.ZodRawShape> = z.ZodObject<typeof anyServer & Own>;
type Tables = { readonly [K in KindName]: TableOf<(typeof kinds)[K]['table']> };
const tables = Object.fromEntries(
  kindNames.map((name) => [name, z.object({ ...anyServer, ...kinds[name].table })]),
) as Tables;

const link = z.object({
  supplier: id,
  consumer: id,
  mutual: z.boolean().default(true),
  automatic_refresh: z.boolean().default(false),
  supplier_origin: origin.nullable().default(null),
  consumer_origin: origin.nullable().default(null),
});

const removed = z.object({ origin });

export const fleetSchema = z.object({
  version: z.literal(1),
  name: filled,
  domain_uuid: written(domainUuid, 'must be a uuid').nullable().default(null),
  server: z.array(z.discriminatedUnion('connect', Object.values(tables) as [Tables[KindName]])).default([]),
  link: z.array(link).default([]),
  removed: z.array(removed).default([]),
});

export type FleetSchema = z.output<typeof fleetSchema>;

/** One server's table, one link's. */
export const serverSchema = fleetSchema.shape.server.unwrap().element;
export const linkSchema = link;

/** Links as the topology may rely on them: none to itself, one per pair (the first); the rest is reported. */
export function linksOf(links: FleetSchema['link']): readonly Link[] {
  const pairs = new Set<string>();
  return links.flatMap((link) => {
    const pair = [link.supplier, link.consumer].sort().join(' ');
    if (link.supplier === link.consumer || pairs.has(pair)) return [];
    pairs.add(pair);
    return [
      {
        supplier: link.supplier,
        consumer: link.consumer,
        mutual: link.mutual,
        automaticRefresh: link.automatic_refresh,
        supplierOrigin: link.supplier_origin,
        consumerOrigin: link.consumer_origin,
      },
    ];
  });
}

/** A server's table as the rest of Kanilink knows it: the file's spelling gone. */
export function serverOf({
  refresh_from: refreshFrom,
  ...server
}: FleetSchema['server'][number]): FleetServer {
  if (!('known_hosts' in server)) return { ...server, refreshFrom };
  const { known_hosts: knownHosts, ...rest } = server;
  return { ...rest, refreshFrom, knownHosts };
}

const serverKeys = Object.fromEntries(kindNames.map((name) => [name, Object.keys(tables[name].shape)])) as {
  readonly [K in KindName]: string[];
};

/** The keys each table may have, by the table's name; servers by how they are reached. */
export const knownKeys = {
  top: Object.keys(fleetSchema.shape),
  ...serverKeys,
  link: Object.keys(link.shape),
  removed: Object.keys(removed.shape),
  position: ['x', 'y'],
} as const;
