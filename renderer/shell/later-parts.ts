import type { Component } from 'svelte';
import { Later } from '../base/later.svelte';
import { contractReader } from '../bridge/contract-reader';
import { fleetReader } from '../document/fleet-reader';

/** What the start screen does without: a start loads it after the first paint, or when it is needed. */
export const laterParts = {
  opened: drawnLater('The part of the window that shows a fleet', () => import('./Opened.svelte')),
  dialogs: drawnLater('The part of the window that asks', () => import('./Dialogs.svelte')),
};

/** What draws fleets, or asks about them, is not there without what reads them. */
function drawnLater(name: string, read: () => Promise<{ readonly default: Component }>): Later<Component> {
  return new Later(name, async () => {
    await fleetReader.load();
    return (await read()).default;
  });
}

/** Loads them one after the other, once the page is `painted`. What fails is said when it is needed, and tried again then. */
export async function loadLaterParts(painted: Promise<void>): Promise<void> {
  await painted;
  for (const part of [contractReader, fleetReader, ...Object.values(laterParts)])
    await part.load().catch(() => undefined);
}
