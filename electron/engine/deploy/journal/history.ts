import type { FleetText } from '../../../../shared/ipc';
import type { DeployHistory, HistoryDeploy, Possible } from '../../../../shared/plan/model/history';
import { stepDurations } from './durations';
import { type DeployRecord, interruptedDeploy, isOf, mayBeOf, readDeploys } from './read-journal';
import { whatsPossible } from './whats-possible';

/** The deploys of a fleet, newest first, with every server.toml they kept and what can be done about them. */
export async function historyOf(text: FleetText, name: string, configDir: string): Promise<DeployHistory> {
  const key = { path: text.path, name };
  const { deploys, unreadable } = await readDeploys(configDir);
  const mine = deploys.filter((it) => isOf(it, key));
  const interrupted = interruptedDeploy(deploys, key);
  return {
    deploys: mine.map((it) => viewOf(it, whatsPossible(it, mine, interrupted))),
    interrupted: interrupted?.deploy ?? null,
    unreadable: unreadable.filter((it) => mayBeOf(it, key)),
  };
}

function viewOf(record: DeployRecord, possible: readonly Possible[]): HistoryDeploy {
  const { header, entries } = record;
  const took = stepDurations(record);
  return {
    deploy: record.deploy,
    folder: record.folder,
    at: header.at,
    purpose: header.purpose,
    of: header.of,
    who: header.who,
    host: header.host,
    state: record.state,
    outcome: record.outcome,
    settledBy: record.settledBy,
    possible,
    steps: header.steps.map(({ id, server, action, summary, diff }) => {
      const end = entries.find((it) => (it.kind === 'done' || it.kind === 'failed') && it.step === id);
      const begun = entries.some((it) => it.kind === 'begin' && it.step === id);
      return {
        id,
        server,
        action,
        summary,
        diff,
        state:
          end?.kind === 'done' ? 'done' : end?.kind === 'failed' ? 'failed' : begun ? 'begun' : 'pending',
        note: end?.kind === 'done' ? end.note : end?.kind === 'failed' ? end.message : '',
        tookMs: took.find((it) => it.step === id)?.ms ?? null,
      };
    }),
    files: entries.flatMap((it) => {
      if (it.kind !== 'intent' || it.effect !== 'write' || it.before === undefined || it.after === undefined)
        return [];
      const { server, step } = it;
      return [
        { server, step, when: 'before' as const, file: it.before },
        { server, step, when: 'after' as const, file: it.after },
      ];
    }),
  };
}
