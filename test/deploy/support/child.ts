import { readFile } from 'node:fs/promises';
import { createEngine } from '../../../electron/engine/create-engine';
import { breaking } from './breaking';
import type { ChildOrder, Wish } from './fault';

// A program of its own that deploys, so that it can be killed as a crash or a power cut kills it.
const order = JSON.parse(process.argv[2] ?? '') as ChildOrder;
const now = { step: null as string | null, fired: false };
const waiting: (() => void)[] = [];
process.on('message', () => waiting.shift()?.());

const ask = (wish: Wish): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    process.send?.(wish);
  });

void main();

async function main(): Promise<void> {
  const effectSteps = new Set<string>();
  const engine = createEngine({
    home: order.home,
    env: {},
    configDir: order.configDir,
    prompter: { acceptHostKey: () => Promise.resolve(false), secret: () => Promise.resolve(null) },
    log: () => undefined,
    practiceProgram: [],
    between: (server, real) => breaking(real, server.id, effectSteps, order.fault, now, ask),
  });
  const text = { path: order.fleet, text: await readFile(order.fleet, 'utf8') };
  const signal = new AbortController().signal;
  const job =
    order.job === 'renew' ? { kind: 'renew' as const, server: 'idm-a' } : { kind: 'apply' as const };
  const plan = await engine.plan(text, { signal, timeoutMs: 60_000, job });
  if (!plan.ok) throw new Error(plan.error.message);
  for (const step of plan.value.steps)
    if (!['read-certificate', 'verify'].includes(step.action)) effectSteps.add(step.id);
  for await (const event of engine.deploy(
    text,
    { fingerprint: plan.value.fingerprint, erase: order.erase, job },
    signal,
  )) {
    if (event.kind === 'step') now.step = event.state === 'running' ? event.step : now.step;
    if (event.kind === 'finished')
      process.send?.({ end: event.outcome, fired: now.fired, problems: event.problems });
  }
  await engine.close();
  process.exit(0);
}
