import type { Job } from '../../shared/plan/model/job';
import type { App } from './app.svelte';

/**
 * Opens what stands between the drawing and the servers: the deploy that runs, the one to resume, or the plan of a job.
 * What the fleet file says is not deployed over an interrupted deploy.
 */
export function openReview(app: App, job: Job = { kind: 'apply' }): void {
  if (app.deploy.active) app.dialog = { kind: 'deploy' };
  else if (job.kind !== 'apply') app.dialog = { kind: 'review', job };
  else if (app.past.interrupted) app.dialog = { kind: 'review', job: { kind: 'resume' } };
  else app.dialog = { kind: 'review' };
}
