import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import { missing } from '../real/docker/support/engine';
import { startRig } from '../real/docker/support/rig';
import { call } from '../ssh/sshd';
import { compare } from './support/compare';
import { windowSide } from './support/log-to-the-view';

const MEGABYTES = 100;

/** Prints that many megabytes of lines of a hundred bytes. */
const SCRIPT = `const line = 'x'.repeat(99) + '\\n';
const block = line.repeat(10_000); let left = ${MEGABYTES};
const more = () => { while (left-- > 0) if (!process.stdout.write(block)) return process.stdout.once('drain', more); };
more();`;

describe.skipIf(missing !== null)('a container’s log', () => {
  it(`of ${MEGABYTES} MB, line by line, against docker logs to nowhere`, async () => {
    const rig = await startRig();
    const window = await windowSide();
    try {
      rig.runScript('printing', SCRIPT);
      rig.engine.docker('wait', 'printing');
      const connection = await rig.open('printing');
      const run = promisify(execFile);
      const argv = ['-c', 'exec docker -H "$1" logs printing >/dev/null 2>&1', 'sh', rig.engine.endpoint];
      await compare(`docker log, ${MEGABYTES} MB in ${MEGABYTES * 10_000} lines / docker logs >/dev/null`, {
        ours: async () => {
          let lines = 0;
          const log = connection.logs({ since: 0 }, { follow: false, signal: call().signal });
          for await (const items of log) for (const item of items) if (item.kind === 'line') lines++;
          if (lines !== MEGABYTES * 10_000) throw new Error(`${lines} lines came`);
        },
        theirs: () => run('/bin/sh', argv),
        runs: 3,
      });
      await compare(`docker log, the same to what the window shows / docker logs >/dev/null`, {
        ours: async () => {
          const lines = await window.read(connection);
          if (lines !== MEGABYTES * 10_000) throw new Error(`${lines} lines came`);
        },
        theirs: () => run('/bin/sh', argv),
        runs: 3,
      });
    } finally {
      await window.close();
      await rig.close();
    }
  });
});
