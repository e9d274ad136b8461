import { bytesToBase64 } from '../../shared/base/base64';
import { fleetFileStem } from '../../shared/base/fleet-file-name';
import type { App } from './app.svelte';

/**
 * Saves what helps to find out what went wrong, where the person says. Without a fleet that may be used no server is asked.
 * @param withoutAddresses hosts, addresses and logins are replaced, each by the same word everywhere
 */
export async function saveDiagnostics(app: App, withoutAddresses: boolean): Promise<void> {
  const { document } = app;
  const fleet = document.open && document.fleet !== null && document.trusted ? document.question() : null;
  const suggested = `${fleetFileStem(document.fileLabel)}-diagnostics.json`;
  app.notices.say('Reading the servers for diagnostics.');
  const made = await app.client.ask('fleet.diagnose', { fleet, withoutAddresses });
  if (!made.ok) return app.notices.fault(made.error);
  const base64 = bytesToBase64(new TextEncoder().encode(made.value.text));
  const saved = await app.client.ask('file.save-as', { suggested, kind: 'json', base64 });
  if (!saved.ok) app.notices.fault(saved.error);
  else if (saved.value.path !== null)
    app.notices.show('good', `Saved ${saved.value.path}.`, 'Read it before you give it away.');
}
