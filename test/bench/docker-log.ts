import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startRig } from '../real/docker/support/rig';
import { call } from '../ssh/sshd';

/** Prints `megabytes` of lines of a hundred bytes. */
const script = (megabytes: number): string => `const line = 'x'.repeat(99) + '\\n';
const block = line.repeat(10_000); let left = ${megabytes};
const more = () => { while (left-- > 0) if (!process.stdout.write(block)) return process.stdout.once('drain', more); };
more();`;

/** How long a container's whole log takes: through a connection, line by line, against `docker logs` to nowhere. Milliseconds. */
export async function benchDockerLog(
  megabytes = 100,
): Promise<{ lines: number; ours: number; docker: number }> {
  const rig = await startRig();
  try {
    rig.runScript('printing', script(megabytes));
    rig.engine.docker('wait', 'printing');
    const connection = await rig.open('printing');
    const run = promisify(execFile);
    const argv = ['-c', 'exec docker -H "$1" logs printing >/dev/null 2>&1', 'sh', rig.engine.endpoint];
    const docker = await timed(() => run('/bin/sh', argv));
    let lines = 0;
    const ours = await timed(async () => {
      const log = connection.logs({ since: 0 }, { follow: false, signal: call().signal });
      for await (const item of log) if (item.kind === 'line') lines++;
    });
    if (lines !== megabytes * 10_000)
      throw new Error(`${lines} lines came, ${megabytes * 10_000} were printed`);
    return { lines, ours, docker };
  } finally {
    await rig.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
}
