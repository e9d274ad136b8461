import { expect, it, vi } from 'vitest';
import { afterSaving, mayClose, takeAdopted } from '../app/files';
import { App } from '../app/app.svelte';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import '../dev/all-loaded';

/** The window with a form open in which something was typed; `agree`: the person agrees to lose it. */
function typing() {
  const app = new App(createClient(new RecordedBridge()));
  app.dialog = { kind: 'server', id: null };
  let goOn: (() => void) | null = null;
  app.forms.add({ dirty: () => true, ask: (then) => (goOn = then), keep: () => Promise.resolve(false) });
  // The page is drawn again only later: the form has not gone yet.
  const agree = (): void => {
    app.closeDialog();
    goOn?.();
  };
  return { app, agree, asked: () => goOn !== null };
}

it('another dialog takes the place of a form only once a person has agreed', () => {
  const { app, agree, asked } = typing();
  app.dialog = { kind: 'palette' };
  expect(app.dialog).toMatchObject({ kind: 'server' });
  expect(asked()).toBe(true);
  agree();
  expect(app.dialog).toEqual({ kind: 'palette' });
});

it('another file comes in its place only then too, and the window closes only then', () => {
  const { app, agree } = typing();
  const then = vi.fn();
  afterSaving(app, then);
  expect(then).not.toHaveBeenCalled();
  expect(mayClose(app)).toBe(false);
  agree();
  expect(then).toHaveBeenCalledTimes(1);
  expect(mayClose(app)).toBe(true);
});

it('the form’s own buttons close it without a question', () => {
  const { app, asked } = typing();
  app.closeDialog();
  expect(app.dialog).toBeNull();
  expect(asked()).toBe(false);
});

it('what a form was filled in for is done without a question', () => {
  const { app, asked } = typing();
  takeAdopted(app, null, 'version = 1\nname = "Lab"\n', 1);
  expect(asked()).toBe(false);
  expect(app.document.fleet?.name).toBe('Lab');
  expect(app.dialog).toBeNull();
});
