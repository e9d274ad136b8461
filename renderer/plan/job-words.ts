import type { Job } from '../../shared/plan/job';

/** What a job is called before it runs, and what its good end proves: no more than its steps did. */
export interface JobWords {
  readonly title: string;
  readonly text: string;
  readonly done: string;
}

const all: Readonly<Record<Job['kind'], JobWords>> = {
  apply: {
    title: 'Review & deploy',
    text: 'Nothing has been changed yet. This is all that will be, in this order.',
    done: 'Every step is done and the pulls are proved by fresh rounds.',
  },
  resume: {
    title: 'Resume the interrupted deploy',
    text: 'Planned anew from how the servers are now. Nothing has been changed since the interruption.',
    // A resume may come in two plans: first what must be over before anything else can be planned, then the rest.
    done: 'Every step of this plan is done.',
  },
  rollback: {
    title: 'Roll back',
    text: 'Puts back every server.toml that deploy wrote. A refresh cannot be undone: what it erased is in the backup.',
    done: 'The files are as before, and the servers that were restarted are healthy.',
  },
  renew: {
    title: 'Renew a certificate',
    text: 'The server makes a new certificate; every partner pins it and restarts. Until then pulls both ways fail for a moment.',
    done: 'The new certificate is pinned everywhere, and the pulls are proved by fresh rounds.',
  },
  refresh: {
    title: 'Refresh from its source',
    text: 'The server’s whole database is replaced by its source’s, after a backup, although both say one domain.',
    done: 'The server holds its source’s data, and the pulls are proved by fresh rounds.',
  },
  'put-back': {
    title: 'Put an earlier server.toml back',
    text: 'The file is tested, replaced and the server restarted, as in any deploy.',
    done: 'The earlier file is in place, and its server is healthy.',
  },
};

export const jobWords = (job: Job): JobWords => all[job.kind];
