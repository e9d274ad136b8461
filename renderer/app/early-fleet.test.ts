import { expect, it, vi } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { fleetReader } from '../document/fleet-reader';
import { App } from './app.svelte';
import { newFile } from './files';

it('a fleet that is begun before what reads fleets is loaded waits for it, and goes on then', async () => {
  const app = new App(createClient(new RecordedBridge()));
  expect([app.entries, app.problems, app.document.usable]).toEqual([[], [], false]);
  const then = vi.fn();
  newFile(app, then);
  expect(fleetReader.loaded).toBeNull();
  expect(app.document.open).toBe(false);
  await fleetReader.load();
  await vi.waitFor(() => expect(then).toHaveBeenCalledOnce());
  expect(app.document.fleet?.name).toBe('New fleet');
});
