import { AROUND_STEPS } from '../../shared/plan/make/step-words';
import type { Job } from '../../shared/plan/model/job';

/** What a job is called before it runs. */
export interface JobWords {
  readonly title: string;
  readonly text: string;
}

const all: Readonly<Record<Job['kind'], JobWords>> = {
  apply: {
    title: 'Review & deploy',
    text: 'Nothing has been changed yet. A deploy takes these steps, in this order.',
  },
  resume: {
    title: 'Resume the interrupted deploy',
    text: 'Planned again from how the servers are now. Nothing has been changed since the interruption.',
  },
  rollback: {
    title: 'Roll back',
    text: 'Puts back every server.toml that deploy wrote. A refresh cannot be undone: what it erased is in the backup.',
  },
  renew: {
    title: 'Renew a certificate',
    text: 'The server makes a new certificate; every partner pins it and restarts. Until then pulls both ways fail for a moment.',
  },
  refresh: {
    title: 'Refresh from its source',
    text: 'The server’s whole database is replaced with its source’s, after a backup, although both are in one domain.',
  },
  start: {
    title: 'Start a server',
    text: 'Starts kanidmd with the server.toml that lies there, after a test of it. No file is written.',
  },
  restart: {
    title: 'Restart a server',
    text: 'kanidmd reads its server.toml at its start, so a copy is tested first. No file is written.',
  },
  'put-back': {
    title: 'Put an earlier server.toml back',
    text: 'The file is tested, replaced and the server restarted, as in any deploy.',
  },
};

/** Title and explanation of a job, as its review shows them. */
export const jobWords = (job: Job): JobWords => {
  const { title, text } = all[job.kind];
  return { title, text: `${text} ${AROUND_STEPS}` };
};
