import { describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  fleetOfTest,
  originOfTest,
  readCertificateOfTest,
} from '../../../test/support/fleet-fixtures';
import { type ServerId, trusted } from '../../base/names';
import type { Partner } from '../../server-config/server-config';
import type { PlannedChange } from '../steps/configure';
import { linkWords } from './configure-words';

/* A change of links is told as what it is: who is taken out, whose certificate is pinned again, or links that are drawn. */

const ID = trusted<ServerId>('idm-b');
const pin = (of: string, more: Partial<Partner> = {}): PlannedChange => ({
  kind: 'pin-partner',
  of: trusted<ServerId>(of),
  partner: { origin: originOfTest(of), type: 'mutual-pull', automaticRefresh: false, ...more },
  certificate: { known: readCertificateOfTest(of) },
});
const remove = (of: string): PlannedChange => ({ kind: 'remove-partner', origin: originOfTest(of) });
const table = (of: string): Partner => ({
  ...{ origin: originOfTest(of), type: 'mutual-pull', automaticRefresh: false },
  certificate: certificateOfTest(of, 1),
});
const NOW = [table('idm-a'), table('idm-c')];

type Told = 'taken out' | 'pinned again' | 'links' | 'own settings';
/** What a change is told as, and whom the words name. */
function told(changes: readonly PlannedChange[], removed: readonly string[] = [], now = NOW) {
  const fleet = fleetOfTest(['idm-b'], [], { removed: removed.map(originOfTest) });
  const { summary, why } = linkWords(ID, changes, now, { fleet, ownerOf: () => null });
  const kinds: readonly [Told, boolean][] = [
    ['taken out', summary.startsWith('Take ')],
    ['pinned again', summary.startsWith('Re-pin ')],
    ['own settings', why.includes('own settings')],
    ['links', why.includes('direction')],
  ];
  const named = ['idm-a', 'idm-c', 'idm-d'].filter((it) => `${summary} ${why}`.includes(it));
  return { is: kinds.filter(([, holds]) => holds).map(([kind]) => kind), named, why };
}

describe('a change of links', () => {
  it('that only takes tables out names each of them', () => {
    expect(told([remove('idm-a')])).toMatchObject({ is: ['taken out'], named: ['idm-a'] });
    expect(told([remove('idm-a'), remove('idm-c')])).toMatchObject({ named: ['idm-a', 'idm-c'] });
  });

  it('that takes out what is listed as removed says of which, and else that no link is drawn', () => {
    const both = [remove('idm-a'), remove('idm-c')];
    expect(told(both, ['idm-a']).why).toContain(`${originOfTest('idm-a')} is listed under [[removed]]`);
    expect(told(both, ['idm-a', 'idm-c']).why).toContain(`${originOfTest('idm-c')} are listed`);
    expect(told(both).why).not.toContain('[[removed]]');
  });

  it('that pins the same links with other certificates is no new link', () => {
    expect(told([pin('idm-a')])).toMatchObject({ is: ['pinned again'], named: ['idm-a'] });
    expect(told([pin('idm-a'), pin('idm-c')])).toMatchObject({
      is: ['pinned again'],
      named: ['idm-a', 'idm-c'],
    });
  });

  it.each<[string, readonly PlannedChange[]]>([
    ['beside one that is drawn', [pin('idm-a'), pin('idm-d')]],
    ['in another direction', [pin('idm-a', { type: 'pull' })]],
    ['that may erase from then on', [pin('idm-a', { automaticRefresh: true })]],
    ['while another is taken out', [pin('idm-a'), remove('idm-c')]],
  ])('that pins %s is told as links, and never as certificates alone', (_what, changes) => {
    expect(told(changes)).toMatchObject({ is: ['links'] });
    expect(told(changes).named).toContain('idm-a');
  });

  it('that touches no table is one of its own settings', () => {
    const bind: PlannedChange = { kind: 'set-bindaddress', bindaddress: '0.0.0.0:8444' };
    expect(told([bind])).toMatchObject({ is: ['own settings'], named: [] });
  });
});
