import type { Round } from './health';
import { withoutColours } from './read-output';

/** One line of kanidmd's log, taken apart: `UUID LEVEL    <tree> <icon> [level]: message | key: value`. */
export interface ReadLine {
  /** The span's uuid; null for the nil uuid, whose lines belong to no span (`kanidm.md`, "What commands print"). */
  readonly span: string | null;
  readonly level: 'info' | 'warn' | 'error' | 'other';
  /** How deep in the span's tree: 0 is the head. */
  readonly depth: number;
  /** A head names its span; a message says something within one. */
  readonly head: SpanHead | null;
  /** Of the head of a round's span. */
  readonly round: RoundHead | null;
  readonly message: string;
}

/** What the head of a round's span says of it. */
export interface RoundHead extends Pick<Round, 'kind' | 'took' | 'ports' | 'automaticRefresh'> {
  /** Whom it dials, lower case; empty: it does not say. */
  readonly host: string;
}

export interface SpanHead {
  readonly name: string;
  /** Milliseconds. */
  readonly took: number | null;
  /** `server_name: idm-a.example.com`, and so on. */
  readonly keys: ReadonlyMap<string, string>;
}

const NIL = '00000000-0000-0000-0000-000000000000';
const form = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) ([A-Z]+) +([^ ].*)?$/;
const headForm = /^(\w+) \[ ([\d.]+)(ns|µs|ms|s) \|[^\]]*\] ?(.*)$/;

/**
 * Takes a line apart, once for all its readers: evidence and explanations alike.
 * @returns null when it is not in kanidmd's log form (banners, parse errors).
 */
export function readLine(text: string): ReadLine | null {
  const match = form.exec(withoutColours(text).trimEnd());
  if (!match) return null;
  const [, uuid = '', word = '', rest = ''] = match;
  const tree = /^[│┝┕━ \u00a0]*/.exec(rest)?.[0] ?? '';
  const body = rest.slice(tree.length);
  const message = /^\S+ \[\w+\]: ?(.*)$/.exec(body);
  const head = message ? null : readHead(body);
  return {
    span: uuid === NIL ? null : uuid,
    level: levels[word] ?? 'other',
    depth: Math.ceil(tree.trimEnd().length / 3),
    head,
    round: head && roundOf(head),
    message: message?.[1] ?? body,
  };
}

const levels: Readonly<Record<string, ReadLine['level']>> = { INFO: 'info', WARN: 'warn', ERROR: 'error' };
const unit: Readonly<Record<string, number>> = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1000 };

const roundSpans: Readonly<Record<string, Round['kind']>> = {
  repl_run_consumer: 'incremental',
  repl_run_consumer_refresh: 'refresh',
};

function roundOf(head: SpanHead): RoundHead | null {
  const { name, took } = head;
  const kind = Object.hasOwn(roundSpans, name) ? roundSpans[name] : undefined;
  if (kind === undefined) return null;
  // Read now, not before: to read keys costs more than all else.
  const { keys } = head;
  // 1.2.0 says domain where later versions say server_name (`kanidm.md`, "Rounds").
  const host = (keys.get('server_name') ?? keys.get('domain') ?? '').toLowerCase();
  const addresses = (keys.get('sock_addrs') ?? '').matchAll(/:(\d+)(?=[,\]])/g);
  const flag = keys.get('automatic_refresh');
  return {
    ...{ kind, host, took, ports: [...addresses].map((match) => Number(match[1])) },
    ...(flag === 'true' || flag === 'false' ? { automaticRefresh: flag === 'true' } : {}),
  };
}

function readHead(body: string): SpanHead | null {
  const match = headForm.exec(body);
  if (!match) return null;
  const [, name = '', amount = '', scale = '', rest = ''] = match;
  return new Head(name, Number(amount) * (unit[scale] ?? 1), rest);
}

/** Of most spans nobody asks for the keys, and to read them costs more than the rest of the line. */
class Head implements SpanHead {
  private read: SpanHead['keys'] | null = null;

  constructor(
    readonly name: string,
    readonly took: number | null,
    private readonly rest: string,
  ) {}

  get keys(): SpanHead['keys'] {
    return (this.read ??= keysOf(this.rest));
  }
}

function keysOf(text: string): SpanHead['keys'] {
  const keys = new Map<string, string>();
  for (const part of text.split(' | ')) {
    const at = part.indexOf(': ');
    if (at < 0) continue;
    const value = part.slice(at + 2).trim();
    keys.set(part.slice(0, at).trim(), value.replace(/^"|"$/g, ''));
  }
  return keys;
}
