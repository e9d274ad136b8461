import { rememberDomain } from '../../shared/fleet/edit/remember-domain';
import { ok } from '../../shared/base/result';
import type { App } from '../app/app.svelte';
import type { FleetDocument } from '../document/document.svelte';
import { save } from '../app/saving';
import type { Order, Run } from '../deploys/deploy-run.svelte';
import { stepNews } from '../deploys/step-words';
import { outcomeWords } from '../deploys/outcome-words';

/**
 * Saves the fleet file, then runs the plan the person has read. The file is saved first so that what was deployed can be
 * opened again, with the domain noted in it.
 */
export async function runDeploy(app: App, order: Order): Promise<void> {
  if (app.locked) return;
  if (!app.document.saved && !(await save(app))) return;
  // The names typed in the review have done what they were typed for.
  app.closeDialog();
  app.dialog = { kind: 'deploy' };
  app.notices.say('Deploy started.');
  app.deploy.start(
    app.document.question(),
    order,
    (run) => void finished(app, run),
    (before, now) => app.notices.say(stepNews(before, now)),
  );
}

/** Runs the order again that a stale lock stood in the way of, and takes that lock over. */
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
  if (run.rewritten !== null) takeRewritten(app.document, run.rewritten);
  app.lookAgain(true);
}

/**
 * Takes over what the engine wrote into the fleet file: the domain. What was edited while the deploy ran stays, with the
 * domain in it, and is still to be saved.
 */
export function takeRewritten(document: FleetDocument, file: NonNullable<Run['rewritten']>): void {
  if (document.path !== file.path) return;
  const text = document.saved ? file.text : (rememberDomain(document.text, file.domain) ?? document.text);
  document.wasSaved(file.path, file.text);
  if (text !== document.text) document.edit('the domain', () => ok(text));
}
