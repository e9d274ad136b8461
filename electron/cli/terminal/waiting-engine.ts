import type { GuardedEngine } from '../../engine/trust/guard-engine';
import type { ProgressLine } from './progress-line';

/** The engine, with a line on the terminal for as long as it asks servers something. */
export function waitingEngine(engine: GuardedEngine, line: ProgressLine): GuardedEngine {
  return {
    ...engine,
    status: (...asked) => line.during('Asking the servers', () => engine.status(...asked)),
    plan: (...asked) => line.during('Planning', () => engine.plan(...asked)),
    compare: (...asked) => line.during('Comparing', () => engine.compare(...asked)),
    certificates: (...asked) => line.during('Asking the servers', () => engine.certificates(...asked)),
    adopt: (...asked) => line.during('Reading the servers', () => engine.adopt(...asked)),
    helper: (...asked) => line.during('Asking the server', () => engine.helper(...asked)),
    diagnose: (...asked) => line.during('Gathering', () => engine.diagnose(...asked)),
    deploy: (...asked) => eachDuring('Deploying', engine.deploy(...asked), line),
  };
}

/** The same items; the line counts from the one before. */
async function* eachDuring<T>(what: string, items: AsyncIterable<T>, line: ProgressLine): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await line.during(what, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
