import type { Problem } from '../../base/problem';
import type { RuvReport } from '../../ruv/ruv';
import type { ServesReport } from '../../serves/serves';
import { describePull } from '../model/fleet';
import { ruleProblems, type Words } from './words';

/** They need a look of their own, which not every reading of a fleet has. */
export const raisedBy = 'shared/fleet/rules/proved.ts';

export const words = {
  'logins-broken': {
    severity: 'error',
    what: 'a login at this server fails, it shows another HTTPS certificate than the one on its disk or one that is not valid, or it refuses a session that its partner made. Only a look at logins raises it (`status --logins`, and while a fleet is watched).',
    why: 'rounds can succeed while nobody can log in.',
    fix: 'what the message says; it quotes what the server showed or answered.',
    from: 'reported, Kanidm issue 2817; measured',
    source: 'kanidm.md, "Logins"',
  },
  'restored-to-older-copy': {
    severity: 'error',
    what: 'this server lacks changes that it made itself, which its partner or an earlier look knows: its database was put back to an older copy. Only a look at RUVs raises it (`status --ruv`, and while a fleet is watched).',
    why: 'rounds say Success at both ends, and the data differ from then on.',
    fix: 'choose whose data wins, and refresh the other, by name.',
    from: 'measured',
    source: 'kanidm.md, "Comparing what two servers really hold"',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** What looks of their own proved to be broken. What is unknown is no problem: it is said where it was looked at. */
export function provedProblems({
  serves,
  ruv,
}: {
  readonly serves?: ServesReport | null;
  readonly ruv?: RuvReport | null;
}): readonly Problem[] {
  return [
    ...(serves?.servers ?? []).flatMap(({ server, state, cause, fix }) =>
      state === 'broken' ? [ruleProblem('logins-broken', server, `${server}: ${cause}`, fix)] : [],
    ),
    ...(serves?.logins ?? []).flatMap((it) => {
      if (it.state !== 'broken') return [];
      const { consumer, supplier, cause, fix } = it;
      const concerned = { servers: [consumer, supplier] };
      return [
        ruleProblem(
          'logins-broken',
          consumer,
          `${describePull(it)}: ${cause}`,
          fix,
          { server: consumer },
          concerned,
        ),
      ];
    }),
    ...(ruv?.servers ?? []).flatMap(({ server, state, cause, fix }) =>
      state === 'went-back'
        ? [ruleProblem('restored-to-older-copy', server, `${server}: ${cause}`, fix)]
        : [],
    ),
  ];
}
