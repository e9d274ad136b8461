import { rememberDomain, whoseDomain } from '../../shared/fleet/remember-domain';
import { ok } from '../../shared/result';
import type { App } from '../state/app.svelte';
import { save } from '../state/files';
import type { Order, Run } from './deploy-run.svelte';
import { outcomeWords } from './outcome-words';

/**
 * Saves the fleet file, then runs the plan the person has read. The file is saved first so that what was deployed can be
 * opened again, with the domain noted in it.
 */
export async function runDeploy(app: App, order: Order): Promise<void> {
  if (app.locked) return;
  if (!app.document.saved && !(await save(app))) return;
  app.dialog = { kind: 'deploy' };
  app.notices.say('Deploy started.');
  app.deploy.start(app.document.question(), order, (run) => void finished(app, run));
}

/** Runs the order anew that a stale lock stood in the way of, and takes that lock over. */
export async function takeOverAndDeploy(app: App): Promise<void> {
  const order = app.deploy.order;
  if (order) await runDeploy(app, { ...order, takeOver: true });
}

async function finished(app: App, run: Run): Promise<void> {
  void app.past.look(app.document.question());
  const words = outcomeWords(run);
  app.notices.say(`${words.title} ${words.text}`);
  // Told by the system when nobody looks at the window; whether that is so the app knows.
  void app.client.ask('deploy.ended', { title: words.title, text: words.text });
  // The plan that was shown has been carried out, or the servers are otherwise than it says.
  app.review.forget();
  if (run.outcome === 'done' && (run.job.kind === 'apply' || run.job.kind === 'resume'))
    await writeDomain(app);
  app.lookAgain(true);
}

/**
 * Writes the primary's domain into the fleet file after its first deploy (`design.md`, "The fleet file"): from then on
 * a primary with another one is an error. It is asked of the servers anew, not taken from what was known before.
 */
async function writeDomain(app: App): Promise<void> {
  const { document } = app;
  if (whoseDomain(document.text) === null) return;
  const status = await app.client.ask('fleet.status', { fleet: document.question() });
  const text = status.ok ? rememberDomain(document.text, status.value.servers) : null;
  if (text === null) return;
  const wasSaved = document.saved;
  document.edit('the domain', () => ok(text));
  if (wasSaved) await save(app);
}
