import { monotonicNow } from '../base/time';
import { traceCall, traceItems, type TraceLog } from '../base/trace';
import { aroundCalls, type SeamCall } from './around-calls';
import type { LogItem, ServerConnection } from './connection';

/** A connection of which every call is traced, with the programs and requests it takes. */
export function traced(server: string, connection: ServerConnection, trace: TraceLog): ServerConnection {
  const of = { trace, server };
  return aroundCalls(connection, {
    call: ({ method, words }, run) => traceCall(of, [method, ...words], run),
    log: (asked, items) => tracedLog(server, asked, traceItems(of, items), trace),
  });
}

async function* tracedLog(
  server: string,
  { method, words }: SeamCall,
  batches: AsyncIterable<readonly LogItem[]>,
  trace: TraceLog,
): AsyncGenerator<readonly LogItem[]> {
  const asked = [server, method, ...words].join(' ');
  const began = monotonicNow();
  let lines = 0;
  let ended = 'left';
  trace.add(`${asked} begins`);
  try {
    for await (const items of batches) {
      for (const item of items) {
        if (item.kind === 'line') lines += 1;
        if (item.kind === 'fault') ended = item.fault.code;
      }
      yield items;
    }
    if (ended === 'left') ended = 'ok';
  } finally {
    trace.add(`${asked} ${Math.round(monotonicNow() - began)} ms ${ended}, ${lines} lines`);
  }
}
