import { z } from 'zod';

/**
 * What an engine's replies must look like, and how much of them is believed. Docker's and Podman's replies hold more; what
 * is not named here is not read. Go writes `null` for an empty list or map.
 */

/** A word or a name. */
const word = z.string().max(4_096);
/** An argument or a variable: as long as Linux lets one be. */
const long = z.string().max(128 * 1024);
/** An id is hexadecimal: it becomes part of a path of the API. */
const id = z.string().regex(/^[0-9a-f]{12,128}$/);

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .max(10_000)
    .nullish()
    .transform((it) => it ?? []);
const map = <T extends z.ZodType>(value: T) =>
  z
    .record(word, value)
    .refine((it) => Object.keys(it).length <= 10_000, 'too many keys')
    .nullish()
    .transform((it) => it ?? {});
const orEmpty = word.nullish().transform((it) => it ?? '');
const flag = z
  .boolean()
  .nullish()
  .transform((it) => it ?? false);

const bindings = map(list(z.object({ HostIp: orEmpty, HostPort: orEmpty })));

/** `GET /containers/ID/json` */
export const inspected = z.object({
  Id: id,
  Name: word,
  /** RFC 3339. */
  Created: word,
  /** The image's id. */
  Image: word,
  Path: long,
  Args: list(long),
  ProcessLabel: orEmpty,
  State: z.object({
    Status: word,
    Running: z.boolean(),
    Paused: flag,
    Restarting: flag,
    ExitCode: z.int(),
    Error: long.nullish().transform((it) => it ?? ''),
    StartedAt: orEmpty,
    Health: z.object({ Status: orEmpty }).nullish(),
  }),
  Config: z.object({
    User: orEmpty,
    WorkingDir: orEmpty,
    Env: list(long),
    Labels: map(long),
    Tty: flag,
    Image: orEmpty,
  }),
  HostConfig: z.object({
    NetworkMode: orEmpty,
    PortBindings: bindings,
    Tmpfs: map(word),
    UsernsMode: orEmpty,
    /** Bytes; 0: as much as there is. */
    Memory: z.number().nullish(),
    /** `docker run --rm`. */
    AutoRemove: flag,
    GroupAdd: list(word),
    RestartPolicy: z.object({ Name: orEmpty }).nullish(),
  }),
  NetworkSettings: z.object({ Networks: map(z.object({ IPAddress: orEmpty })), Ports: bindings }),
  Mounts: list(
    z.object({
      Type: word,
      Name: word.nullish(),
      Source: orEmpty,
      Destination: word.startsWith('/'),
      RW: z.boolean(),
    }),
  ),
});
export type Inspected = z.output<typeof inspected>;

/** `GET /containers/json` */
export const listed = z
  .array(
    z.object({
      Id: id,
      Names: list(word),
      Image: word,
      Command: long,
      /** Seconds since the epoch, the engine's clock. */
      Created: z.number().min(0).max(8.64e12),
      State: word,
      Labels: map(long),
      Ports: list(
        z.object({
          IP: word.nullish(),
          PrivatePort: z.int().min(0).max(65_535),
          PublicPort: z.int().min(0).max(65_535).nullish(),
          Type: word,
        }),
      ),
    }),
  )
  .max(10_000);
export type Listed = z.output<typeof listed>[number];

const apiVersion = z.string().regex(/^\d{1,3}\.\d{1,4}$/);

/** `GET /version` */
export const version = z.object({
  Version: word,
  ApiVersion: apiVersion,
  /** Docker before 1.24 of its API says none. */
  MinAPIVersion: apiVersion.nullish(),
  Components: list(z.object({ Name: word })),
});

/** `GET /info` */
export const info = z.object({ SystemTime: word, SecurityOptions: list(word) });

/** `POST /containers/create` and `POST /containers/ID/exec` */
export const created = z.object({ Id: id });

/** `GET /exec/ID/json` */
export const execState = z.object({ Running: z.boolean(), ExitCode: z.int().nullish() });

/** `POST /containers/ID/wait` */
export const waited = z.object({ StatusCode: z.int() });

/** The header `X-Docker-Container-Path-Stat`, base64 of JSON. `mode` has Go's own bits (io/fs.FileMode). */
export const pathStat = z.object({
  mode: z.int().min(0).max(0xffffffff),
  size: z.number(),
  linkTarget: orEmpty,
});
