import { expect, it } from 'vitest';
import { createClient } from '../bridge/ipc-client';
import { RecordedBridge } from '../bridge/recorded-bridge';
import { FleetDocument } from './document.svelte';
import { OnDisk } from './on-disk.svelte';
import '../dev/all-loaded';

const text = 'version = 1\nname = "Lab"\n';
const theirs = 'version = 1\nname = "Theirs"\n';

function opened() {
  const bridge = new RecordedBridge();
  const document = new FleetDocument();
  const onDisk = new OnDisk(createClient(bridge), document);
  document.take('/lab.toml', text, text);
  onDisk.follow('/lab.toml');
  const say = (...items: unknown[]): void => bridge.say({ kind: 'items', id: bridge.last('open').id, items });
  return { bridge, document, onDisk, say };
}

it('what another program wrote is news until it was seen', () => {
  const { document, onDisk, say } = opened();
  say({ kind: 'text', text });
  expect(onDisk.changed).toBeNull();
  say({ kind: 'text', text: theirs });
  expect(onDisk.changed).toMatchObject({ kind: 'text', text: theirs });
  document.saw(theirs);
  expect(onDisk.changed).toBeNull();
  expect(document.saved).toBe(false);
  say({ kind: 'gone' });
  expect(onDisk.changed?.kind).toBe('gone');
});

it('what is being saved, and what the window holds already, is no news', () => {
  const { document, onDisk, say } = opened();
  document.edit('Name', () => ({ ok: true, value: theirs }));
  document.saving = theirs;
  say({ kind: 'text', text: theirs });
  expect(onDisk.changed).toBeNull();
  document.saving = null;
  expect(document.saved).toBe(true);
});

it('is told of the file that is open, also after the engine started again', () => {
  const { bridge, document, onDisk, say } = opened();
  const first = bridge.last('open').id;
  bridge.say({ kind: 'end', id: first, fault: null });
  onDisk.again();
  expect(bridge.last('open').id).not.toBe(first);
  say({ kind: 'text', text: theirs });
  expect(onDisk.changed?.kind).toBe('text');
  document.take('/other.toml', text, text);
  expect(onDisk.changed).toBeNull();
});
