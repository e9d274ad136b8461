import type { Job } from '../../shared/plan/job';

/** What a job is called before it runs. */
export interface JobWords {
  readonly title: string;
  readonly text: string;
}

const all: Readonly<Record<Job['kind'], JobWords>> = {
  apply: {
    title: 'Review & deploy',
    text: 'Nothing has been changed yet. This is all that will be, in this order.',
  },
  resume: {
    title: 'Resume the interrupted deploy',
    text: 'Planned anew from how the servers are now. Nothing has been changed since the interruption.',
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
    text: 'The server’s whole database is replaced by its source’s, after a backup, although both say one domain.',
  },
  'put-back': {
    title: 'Put an earlier server.toml back',
    text: 'The file is tested, replaced and the server restarted, as in any deploy.',
  },
};

export const jobWords = (job: Job): JobWords => all[job.kind];
