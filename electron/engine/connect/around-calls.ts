import { isoOfMicros } from '../../../shared/base/micros';
import type { Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { LogItem, LogStart, ServerConnection } from './connection';

/** What a call over the seam asks, without its contents. */
export interface SeamCall {
  /** A method of `ServerConnection`: `readFile`, `service.restart`, `lock.check`. */
  readonly method: string;
  /** The arguments of kanidmd, or the path. */
  readonly words: readonly string[];
}

type LogBatches = AsyncIterable<readonly LogItem[]>;

/** Stands around every call to a server. */
export interface Around {
  call<T>(asked: SeamCall, run: () => Promise<Result<T>>): Promise<Result<T>>;
  /** The same of a log that is read. Absent: it goes through. */
  log?(asked: SeamCall, items: LogBatches): LogBatches;
}

/** A connection of which every call, and every call of the locks and folders it gives, goes through `around`. */
export function aroundCalls(real: ServerConnection, around: Around): ServerConnection {
  const call = <T>(
    method: string,
    words: readonly string[],
    run: () => Promise<Result<T>>,
  ): Promise<Result<T>> => around.call({ method, words }, run);
  const manage = (verb: 'start' | 'stop' | 'restart' | 'state') => (limit: Call) =>
    call(`service.${verb}`, [], () => real.service[verb](limit));
  const helper = real.helper?.bind(real);
  return {
    kanidmd: (args, limit) => call('kanidmd', args, () => real.kanidmd(args, limit)),
    kanidmdHead: (args, limit) => call('kanidmdHead', args, () => real.kanidmdHead(args, limit)),
    testConfig: (bytes, limit) => call('testConfig', [], () => real.testConfig(bytes, limit)),
    stat: (path, limit) => call('stat', [path], () => real.stat(path, limit)),
    readFile: (path, limit) => call('readFile', [path], () => real.readFile(path, limit)),
    replaceFile: (path, bytes, limit) =>
      call('replaceFile', [path], () => real.replaceFile(path, bytes, limit)),
    facts: (limit) => call('facts', [], () => real.facts(limit)),
    service: {
      start: manage('start'),
      stop: manage('stop'),
      restart: manage('restart'),
      state: manage('state'),
    },
    logs: (from, options) => {
      const items = real.logs(from, options);
      return (
        around.log?.({ method: options.follow ? 'follow' : 'logs', words: [placeOf(from)] }, items) ?? items
      );
    },
    logsBefore: (before, limit) =>
      call('logsBefore', [isoOfMicros(before)], () => real.logsBefore(before, limit)),
    scratch: async (limit) => {
      const made = await call('scratch', [limit.again ?? limit.beside ?? ''], () => real.scratch(limit));
      if (!made.ok) return made;
      const { path } = made.value;
      const remove = (end: Call) => call('scratch.remove', [path], () => made.value.remove(end));
      return { ok: true, value: { path, remove } };
    },
    makeFolder: (path, mode, limit) => call('makeFolder', [path], () => real.makeFolder(path, mode, limit)),
    freeSpace: (path, limit) => call('freeSpace', [path], () => real.freeSpace(path, limit)),
    lock: async (owner, limit) => {
      const taken = await call('lock', [], () => real.lock(owner, limit));
      if (!taken.ok) return taken;
      return {
        ok: true,
        value: {
          check: (end) => call('lock.check', [], () => taken.value.check(end)),
          release: (end) => call('lock.release', [], () => taken.value.release(end)),
        },
      };
    },
    dial: (to, limit) => call('dial', [`${to.host}:${to.port}`], () => real.dial(to, limit)),
    ...(helper === undefined ? {} : { helper: (limit) => call('helper', [], () => helper(limit)) }),
    close: () => real.close(),
  };
}

const placeOf = (from: LogStart): string =>
  'cursor' in from ? 'after a cursor' : `since ${new Date(from.since).toISOString()}`;
