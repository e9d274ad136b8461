import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { it } from 'vitest';
import { each } from '../../electron/engine/base/batches';
import type { LogItem, ServerConnection } from '../../electron/engine/connect/connection';
import { LogTail } from '../../electron/engine/watch/log-tail';
import { LogReader } from '../../shared/kanidmd/rounds';
import { compare, report } from './support/compare';
import { ViewModel } from './support/view-model';

const GIGABYTE = 1e9;
const MILLION = 1_000_000;

/** What a pair of servers logs most: rounds every few seconds, and between them requests. */
function linesOf(n: number): readonly string[] {
  const span = `${(n >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
  return [
    `${span} INFO     repl_run_consumer [ 5.06ms | 12.58% / 100.00% ] domain: "idm-a.example.com" | sock_addrs: [192.0.2.7:8444] | server_name: idm-a.example.com`,
    `${span} INFO     ┝━ consumer_apply_changes [ 1.4ms | 27.50% / 31.06% ]`,
    `${span} INFO     ┕━ ｉ [info]: Incremental Replication Success`,
    `${span} INFO     handle_status_request [ 151µs | 98.05% / 100.00% ] method: GET | uri: /status | version: HTTP/1.1`,
    `${span} INFO     ┕━ request [ 2.96µs | 1.95% ] status_code: 200 | n: ${n}`,
  ];
}

it('1 GB of a log: taken apart, with what its rounds prove, against wc -l', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kl-parse-'));
  try {
    const path = join(folder, 'log');
    const out = createWriteStream(path);
    let [size, lines] = [0, 0];
    for (let n = 0; size < GIGABYTE;) {
      const block: string[] = [];
      for (const end = n + 2000; n < end; n += 1) block.push(...linesOf(n));
      const bytes = Buffer.from(`${block.join('\n')}\n`);
      size += bytes.length;
      lines += block.length;
      if (!out.write(bytes)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
    await compare(`parsing ${(size / 1e9).toFixed(2)} GB in ${lines} lines / wc -l`, {
      ours: async () => {
        const reader = new LogReader(0);
        let [rest, count] = ['', 0];
        for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
          const pieces = (rest + String(chunk)).split('\n');
          rest = pieces.pop() ?? '';
          for (const text of pieces) reader.push({ at: (count += 1), text });
        }
        if (count !== lines) throw new Error(`${count} of ${lines} lines came`);
      },
      theirs: () => promisify(execFile)('wc', ['-l', path]),
      runs: 3,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
};

/**
 * What is held within the first million of lines and within the tenth, the most of several looks: what is let go of in
 * pieces goes up and down meanwhile.
 */
class Held {
  private readonly before = heap();
  private readonly most = { first: 0, tenth: 0 };

  /** Called after each line. @param n how many came */
  look(n: number): void {
    if (n % LOOKS !== 0) return;
    const within = n <= MILLION ? 'first' : n > 9 * MILLION ? 'tenth' : null;
    if (within !== null) this.most[within] = Math.max(this.most[within], heap() - this.before);
  }

  tell(name: string): void {
    const { first, tenth } = this.most;
    report(
      `memory, ${name}: ratio ${(tenth / first).toFixed(3)}; ${first.toFixed(0)} MB within the first million of lines, ${tenth.toFixed(0)} MB within the tenth`,
    );
  }
}
const LOOKS = 100_000;

it('what the window holds after 10 million lines, against 1 million', () => {
  const model = new ViewModel();
  const held = new Held();
  for (let n = 0; n < 10 * MILLION;) {
    const batch = Array.from({ length: 10_000 }, () => {
      n += 1;
      const texts = linesOf(Math.floor(n / 5));
      return {
        ...{ key: `s=0123456789abcdef0123456789abcdef;i=${n.toString(16)}`, at: n * 1000, offset: 0 },
        ...{ server: 'idm-a', group: `span ${Math.floor(n / 5)}`, bootstrap: null, level: 'info' as const },
        ...{ meaning: `line ${n}`, raw: texts[n % 5] ?? '', pull: null },
      };
    });
    model.take(batch);
    held.look(n);
  }
  held.tell('the window’s log');
});

it('what the engine holds of a server after 10 million lines, against 1 million', async () => {
  const held = new Held();
  const connection = {
    logs: async function* (): AsyncGenerator<readonly LogItem[]> {
      for (let n = 0; n < 10 * MILLION;) {
        yield Array.from({ length: 1000 }, () => {
          n += 1;
          const text = linesOf(Math.floor(n / 5))[n % 5] ?? '';
          return { kind: 'line', source: 'kanidmd', cursor: `c${n}`, at: n * 1000, text } as const;
        });
        // As a connection does: what comes together is one turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  } as unknown as ServerConnection;
  const reader = new LogReader(0);
  const tail = new LogTail('one', () => undefined);
  let n = 0;
  for await (const item of each(tail.read(connection, { since: 0, now: 0 }, new AbortController().signal))) {
    if (item.kind === 'fault') throw new Error(item.fault.message);
    if (item.kind !== 'line') continue;
    reader.push({ at: item.at, text: item.text }, item.read);
    n += 1;
    held.look(n);
  }
  if (n !== 10 * MILLION) throw new Error(`${n} lines came`);
  held.tell('the engine’s log of a server');
});
