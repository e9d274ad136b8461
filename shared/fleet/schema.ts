import { z } from 'zod';
import { domainUuid, serverId } from '../names';
import { parseOrigin } from '../origin';

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
const filled = z.string().min(1, 'must not be empty');
const endpoint = (schemes: RegExp, looks: string) => z.string().regex(schemes, `must look like ${looks}`);
const bindaddress = z
  .string()
  .regex(
    /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$/,
    'must be an IP address and a port, as in "0.0.0.0:8444"; a name does not start',
  );

const anyServer = {
  id,
  config: filled.nullable().default(null),
  origin: origin.nullable().default(null),
  bindaddress: bindaddress.nullable().default(null),
  refresh_from: id.nullable().default(null),
  position: z.object({ x: z.number(), y: z.number() }).nullable().default(null),
};

const ssh = z.object({
  ...anyServer,
  connect: z.literal('ssh'),
  endpoint: endpoint(/^ssh:\/\/[^\s/]+\/?$/, '"ssh://admin@192.0.2.7:22" or "ssh://alias"'),
  service: filled.default('kanidmd'),
  sudo: z.boolean().default(false),
  kanidmd: filled.default('kanidmd'),
  identity: filled.nullable().default(null),
  known_hosts: filled.nullable().default(null),
});

const docker = z.object({
  ...anyServer,
  connect: z.literal('docker'),
  endpoint: endpoint(
    /^(unix:\/\/\/.+|tcp:\/\/[^\s/]+\/?|ssh:\/\/[^\s/]+\/?|context:\/\/[^\s/]+)$/,
    '"unix:///var/run/docker.sock", "tcp://host:2376", "ssh://user@host" or "context://NAME"',
  ),
  container: filled,
  certificates: filled.nullable().default(null),
});

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
  server: z.array(z.discriminatedUnion('connect', [ssh, docker])).default([]),
  link: z.array(link).default([]),
  removed: z.array(removed).default([]),
});

export type FleetSchema = z.output<typeof fleetSchema>;

/** The keys each table may have, by the table's name; servers by how they are reached. */
export const knownKeys = {
  top: Object.keys(fleetSchema.shape),
  ssh: Object.keys(ssh.shape),
  docker: Object.keys(docker.shape),
  link: Object.keys(link.shape),
  removed: Object.keys(removed.shape),
  position: ['x', 'y'],
} as const;
