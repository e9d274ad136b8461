import { bytesToBase64 } from '../../shared/base/base64';
import { fleetFileStem } from '../../shared/base/fleet-file-name';
import type { Plan } from '../../shared/plan/model/plan';
import type { Job } from '../../shared/plan/model/job';
import type { App } from '../app/app.svelte';

/** Saves the plan the person reads as a runbook, where the person says. It is planned again: another plan is a fault. */
export async function saveRunbook(app: App, plan: Plan, job: Job): Promise<void> {
  const fleet = app.document.question();
  const suggested = `${fleetFileStem(app.document.fileLabel)}-runbook.md`;
  const { fingerprint } = plan;
  const made = await app.client.ask('fleet.runbook', { fleet, fingerprint, job });
  if (!made.ok) return app.notices.fault(made.error);
  const base64 = bytesToBase64(new TextEncoder().encode(made.value.markdown));
  const saved = await app.client.ask('file.save-as', { suggested, kind: 'md', base64 });
  if (!saved.ok) app.notices.fault(saved.error);
  else if (saved.value.path !== null) app.notices.show('good', `Saved ${saved.value.path}.`);
}
