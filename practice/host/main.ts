import { dirname } from 'node:path';
import { readArguments, USAGE, type HostArguments } from './arguments';
import { startPracticeFleet } from './fleet';
import { findKanidmd } from './kanidmd-program';

void main();

/** `practice-host`: starts a practice fleet, prints one line of JSON when it is ready, and runs until it is told to end. */
async function main(): Promise<void> {
  const read = attempt(() => readArguments(process.argv.slice(2)));
  if (!read.ok) return leave(64, `${read.message}\n${USAGE}`);
  const told = untilTold(read.value);
  try {
    const named = read.value.kanidmd;
    const kanidmd = named.length > 0 ? named : findKanidmd(dirname(process.argv[1] ?? '.'));
    const fleet = await startPracticeFleet({ ...read.value.fleet, kanidmd });
    const machines = fleet.machines.map((machine) => ({
      id: machine.id,
      host: machine.host,
      port: machine.port,
      user: machine.user,
      fingerprint: machine.fingerprint,
      origin: machine.origin,
      replicationPort: machine.replicationPort,
      config: machine.config,
    }));
    process.stdout.write(
      `${JSON.stringify({ ready: true, root: fleet.root, fleet: fleet.fleet, machines })}\n`,
    );
    await told;
    await fleet.close();
    process.exit(0);
  } catch (error) {
    leave(1, `practice-host: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** Resolves at SIGTERM, SIGINT or, when asked for, the end of stdin; also when that comes before everything is up. */
function untilTold(asked: HostArguments): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => resolve();
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    process.on('SIGHUP', end);
    // The reader of our one line may be gone; that is no reason to fall over.
    process.stdout.on('error', end);
    if (!asked.untilStdinCloses) return;
    process.stdin.on('end', end).on('close', end).on('error', end);
    process.stdin.resume();
  });
}

function attempt(
  work: () => HostArguments,
): { ok: true; value: HostArguments } | { ok: false; message: string } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function leave(code: number, message: string): void {
  process.stderr.write(message);
  process.exit(code);
}
