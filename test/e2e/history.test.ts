import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kill } from './support/electron-window';
import { open, practise } from './support/session';
import { until } from './support/until';
import { ROUNDS_LIMIT_MS } from './support/story';

it('what was watched outlives a kill, and the next start says it on its first page, with its age', async () => {
  const { fleet } = await practise();
  const first = await open({
    fleet: fleet.fleet,
    prepare: (profile) => {
      mkdirSync(profile, { recursive: true, mode: 0o700 });
      writeFileSync(join(profile, 'settings.json'), JSON.stringify({ recent: [fleet.fleet] }));
    },
  });
  await until(
    'the engine has kept what it watched',
    () =>
      first.electron.page.evaluate(async () => {
        const bridge = (globalThis as unknown as { kanilink: Bridge }).kanilink;
        return new Promise<boolean>((resolve) => {
          const id = `e2e-${Math.random()}`;
          const stop = bridge.listen((message) => {
            const { kind, id: of, answer } = message as Answer;
            if (kind !== 'answer' || of !== id) return;
            stop();
            resolve(answer.ok && answer.value.some(({ servers }) => servers === 2));
          });
          bridge.send({ kind: 'ask', id, name: 'history.glances', question: {} });
        });
      }),
    ROUNDS_LIMIT_MS,
  );
  await kill(first.electron);
  const { window } = await open({ home: first.electron.home });
  const glance = window.page.locator('[data-glance]').first();
  await glance.waitFor();
  expect(await glance.innerText()).toMatch(/as of (just now|\d+ (s|min) ago)/);
});

it('how much history is kept is the person’s to say', async () => {
  const { fleet } = await practise({ replication: () => true });
  const { window } = await open({ fleet: fleet.fleet });
  const { page } = window;
  await window.untilServer('idm-b', 'running', 30_000);
  await page.keyboard.press('Control+5');
  await page.getByTestId('change-bound').click();
  const form = page.getByTestId('bound-dialog');
  await form.getByLabel('Days').fill('0');
  await form.getByRole('button', { name: 'Keep so much' }).click();
  await form.getByRole('alert').waitFor();
  await form.getByLabel('Days').fill('30');
  await form.getByRole('button', { name: 'Keep so much' }).click();
  await page.getByText('Kept for 30 days').waitFor();
});

interface Bridge {
  send(message: object): void;
  listen(receive: (message: unknown) => void): () => void;
}
interface Answer {
  readonly kind: string;
  readonly id: string;
  readonly answer: { readonly ok: boolean; readonly value: readonly { readonly servers: number }[] };
}
