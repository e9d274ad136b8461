import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { ServerPlace } from '../../common/faults';
import { settle } from '../../common/limits';
import { dockerFault, speaksOtherwise } from './faults';

/** No reply that is asked for here comes near it; a longer one is not read on. Bytes. */
export const REPLY_LIMIT = 16 * 1024 * 1024;
/** What is kept of a refusal's words. Bytes. */
const WORDS_LIMIT = 64 * 1024;
/** What a fault shows of an answer that cannot be read. Characters. */
const SHOWN = 200;

/** Reads a body to its end; one longer than `limit` bytes is left there, and is a fault. */
export function readBody(
  body: Readable,
  where: ServerPlace,
  doing: string,
  signal: AbortSignal,
  limit = REPLY_LIMIT,
): Promise<Result<Buffer>> {
  return settle([signal], (done) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const lost = (error: Error) => done(fail(dockerFault(where, error, doing, signal)));
    body
      .on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limit) return void chunks.push(chunk);
        chunks.length = 0;
        done(fail(speaksOtherwise(where, doing, `the answer is longer than ${limit} bytes`)));
        body.destroy();
      })
      .once('end', () => done(ok(Buffer.concat(chunks))))
      .once('error', lost)
      .once('close', () => lost(new Error('the connection was closed within the answer')));
    return () => body.destroy();
  });
}

/** Reads a JSON reply as `schema` has it. */
export async function readJson<T>(
  body: Readable,
  schema: z.ZodType<T>,
  where: ServerPlace,
  doing: string,
  signal: AbortSignal,
): Promise<Result<T>> {
  const bytes = await readBody(body, where, doing, signal);
  return bytes.ok ? parse(bytes.value.toString('utf8'), schema, where, doing) : bytes;
}

/** Reads a header that is base64 of JSON; absent or anything else is a fault. */
export function readHeader<T>(
  reply: IncomingMessage,
  name: string,
  schema: z.ZodType<T>,
  where: ServerPlace,
  doing: string,
): Result<T> {
  const told = reply.headers[name];
  if (typeof told !== 'string')
    return fail(speaksOtherwise(where, doing, `the answer has no header ${name}`));
  return parse(Buffer.from(told, 'base64').toString('utf8'), schema, where, doing);
}

/** What a refusal says for itself: the `message` of its JSON, or its text. */
export async function readRefusal(body: Readable, where: ServerPlace, doing: string, signal: AbortSignal) {
  const bytes = await readBody(body, where, doing, signal, WORDS_LIMIT);
  if (!bytes.ok) return '';
  const text = bytes.value.toString('utf8');
  const json = parseJson(text);
  const said = typeof json === 'object' && json !== null && 'message' in json ? json.message : null;
  return (typeof said === 'string' ? said : text).trim();
}

function parse<T>(text: string, schema: z.ZodType<T>, where: ServerPlace, doing: string): Result<T> {
  const json = parseJson(text);
  if (json === undefined)
    return fail(
      speaksOtherwise(where, doing, `the answer is not JSON: ${JSON.stringify(text.slice(0, SHOWN))}`),
    );
  const read = schema.safeParse(json);
  if (read.success) return ok(read.data);
  const wrong = read.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the answer'}: ${message}`);
  return fail(speaksOtherwise(where, doing, wrong.join('\n').slice(0, 2_000)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
