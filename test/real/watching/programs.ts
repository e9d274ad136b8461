import { type ChildProcess, spawn } from 'node:child_process';
import { startJsonReceiver } from '../../support/json-receiver';

/** A program that runs in the background until `end`. */
export function startProgram(program: string, args: readonly string[]) {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-20_000)));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    said: () => said,
    end: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(force);
    },
  };
}

/** What a receiver of an Alertmanager was told of one alert. */
export interface ToldAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

/** Takes what an Alertmanager sends to a webhook. */
export async function startReceiver() {
  const told: ToldAlert[] = [];
  const receiver = await startJsonReceiver<{ readonly alerts: readonly ToldAlert[] }>((body) =>
    told.push(...body.alerts),
  );
  return { told, ...receiver };
}
