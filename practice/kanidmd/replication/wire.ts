import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { entrySchema, knownSchema, ruvSchema } from '../data/database';

/** What a consumer says inside the TLS connection, one message after the other. */
export const requestSchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('alert'), alert: z.string() }),
  z.object({
    say: z.literal('incremental'),
    domainUuid: z.string(),
    ruv: ruvSchema,
    /** The oldest change of each server that the consumer still keeps. */
    oldest: ruvSchema,
  }),
  z.object({ say: z.literal('refresh') }),
]);

/** What a supplier answers. */
export const answerSchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('alert'), alert: z.string() }),
  z.object({ say: z.literal('domain-mismatch') }),
  z.object({ say: z.literal('consumer-behind') }),
  z.object({ say: z.literal('supplier-behind') }),
  z.object({
    say: z.literal('changes'),
    domainLevel: z.number(),
    ruv: ruvSchema,
    known: knownSchema,
    entries: z.array(entrySchema),
  }),
  z.object({
    say: z.literal('everything'),
    domainName: z.string(),
    domainUuid: z.string(),
    domainLevel: z.number(),
    newest: z.object({ secs: z.number(), nanos: z.number() }),
    ruv: ruvSchema,
    known: knownSchema,
    entries: z.array(entrySchema),
  }),
]);

export type Request = z.infer<typeof requestSchema>;
export type Answer = z.infer<typeof answerSchema>;

/** The largest frame either side reads: 256 MiB, as recorded by 1.2.0 in its span heads. */
export const maxFrameBytes = 268_435_456;

/** Sends one message: four bytes of length, big endian, then JSON. */
export function send(stream: Duplex, message: Request | Answer): void {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  stream.write(Buffer.concat([head, body]));
}

/** Why no message came. */
export type NoMessage = 'closed' | 'timeout' | 'too large' | 'malformed';

/** Reads messages one at a time from a stream. */
export class FrameReader {
  private buffer = Buffer.alloc(0);
  private ended = false;
  private waiting: (() => void) | undefined;

  constructor(stream: Duplex) {
    stream.on('data', (chunk: Buffer) => {
      this.buffer = Buffer.concat([this.buffer, chunk]);
      this.waiting?.();
    });
    const end = () => {
      this.ended = true;
      this.waiting?.();
    };
    stream.on('end', end).on('close', end).on('error', end);
  }

  /** The next message, checked against `schema`, waiting at most `limitMs`. */
  async next<T>(schema: z.ZodType<T>, limitMs: number): Promise<T | NoMessage> {
    const until = Date.now() + limitMs;
    for (;;) {
      const frame = takeFrame(this.buffer);
      if (frame === 'too large') return frame;
      if (frame) {
        this.buffer = this.buffer.subarray(frame.length + 4);
        return parseFrame(frame, schema);
      }
      if (this.ended) return 'closed';
      if (!(await this.change(until - Date.now()))) return 'timeout';
    }
  }

  private change(limitMs: number): Promise<boolean> {
    if (limitMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      this.waiting = () => {
        clearTimeout(timer);
        this.waiting = undefined;
        resolve(true);
      };
    });
  }
}

/** The body of a first whole frame in `bytes`, undefined while there is none. */
export function takeFrame(bytes: Buffer): Buffer | 'too large' | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE();
  if (length > maxFrameBytes) return 'too large';
  return bytes.length < length + 4 ? undefined : bytes.subarray(4, length + 4);
}

function parseFrame<T>(frame: Buffer, schema: z.ZodType<T>): T | NoMessage {
  try {
    const parsed = schema.safeParse(JSON.parse(frame.toString('utf8')));
    return parsed.success ? parsed.data : 'malformed';
  } catch {
    return 'malformed';
  }
}
