import type { App } from './app.svelte';

/** Opens what stands between the drawing and the servers: the deploy that runs, the one to resume, or the plan. */
export function openReview(app: App): void {
  if (app.deploy.active) app.dialog = { kind: 'deploy' };
  else if (app.past.interrupted) app.dialog = { kind: 'review', job: { kind: 'resume' } };
  else app.dialog = { kind: 'review' };
}
