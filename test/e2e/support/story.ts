import { expect } from 'vitest';
import type { MainWindow } from '../pages/main-window';

export const DEPLOY_LIMIT_MS = 120_000;
export const ROUNDS_LIMIT_MS = 40_000;

/** Drags a link and says whose data wins. */
export async function pair(window: MainWindow, from: string, to: string, winner: string): Promise<void> {
  await window.canvas.drag(from, to);
  await window.pairDialog.pair(winner);
}

/** Reviews, allows exactly these erases, deploys, and waits for a good end. */
export async function reviewAndDeploy(window: MainWindow, erases: readonly string[]): Promise<void> {
  await window.openReview();
  expect(await window.review.erased()).toEqual(erases);
  for (const server of erases) await window.review.allowErase(server);
  await window.review.deploy();
  const outcome = await window.deploy.untilEnded(DEPLOY_LIMIT_MS);
  expect(outcome, await window.deploy.text()).toBe('done');
  await window.deploy.close();
}
