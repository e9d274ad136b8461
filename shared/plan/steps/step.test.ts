import { describe, expect, it } from 'vitest';
import { originOfTest, readCertificateOfTest } from '../../../test/support/fleet-fixtures';
import { stepOfTest } from '../../../test/support/steps-of-test';
import { kindOf, type Step, type StepKind, stepKinds } from './step';

/* What a person reads of each kind of step before they agree to it: a review counts its restarts and changes. */

const kinds = Object.keys(stepKinds) as StepKind[];
const those = (is: (step: Step) => boolean): readonly StepKind[] =>
  kinds.filter((kind) => is(stepOfTest(kind))).sort();

describe('a review', () => {
  it('counts every step that takes its server down: nobody can log in on it meanwhile', () => {
    expect(those((step) => kindOf(step).restarts(step))).toEqual(['configure', 'put-back', 'restart']);
    const stops = stepOfTest('backup', { stops: true });
    expect(kindOf(stops).restarts(stops)).toBe(true);
  });

  it('counts as changes what changes a server, and no look, backup or proof', () => {
    expect(those((step) => kindOf(step).changes)).toEqual(
      ['configure', 'put-back', 'refresh', 'renew-certificate', 'restart', 'start'].sort(),
    );
  });
});

describe('a rollback', () => {
  it('has an answer for each step: a file goes back, a database is restored by hand, a renewal stays', () => {
    const undone = (undo: string) => those((step) => kindOf(step).undo === undo);
    expect(undone('puts-file-back')).toEqual(['configure', 'put-back']);
    expect(undone('by-hand')).toEqual(['refresh']);
    expect(undone('refused')).toEqual(['renew-certificate']);
  });
});

describe('before a step, it is looked', () => {
  const looked = (step: Step) => kindOf(step).looksAt(step);

  it('at each server whose certificate it pins, and at no other', () => {
    const partner = { type: 'mutual-pull', automaticRefresh: false };
    const known = { known: readCertificateOfTest('idm-a') };
    const changes = [
      { kind: 'set-origin', origin: originOfTest('idm-b') },
      {
        kind: 'pin-partner',
        of: 'idm-a',
        partner: { ...partner, origin: originOfTest('idm-a') },
        certificate: known,
      },
      { kind: 'remove-partner', origin: originOfTest('idm-c') },
    ];
    expect(looked(stepOfTest('configure', { changes }))).toEqual(['idm-a']);
  });

  it('at each supplier whose pull it proves', () => {
    const suppliers = ['idm-a', 'idm-c'].map((server) => ({ server, origin: originOfTest(server) }));
    expect(looked(stepOfTest('verify', { suppliers }))).toEqual(['idm-a', 'idm-c']);
  });
});

it('a certificate that is read may be one the server had before, one that is renewed is new: an old table pins only the first', () => {
  const anew = (kind: StepKind): readonly boolean[] => {
    const seen: boolean[] = [];
    const step = stepOfTest(kind);
    kindOf(step).play(step, {
      restart: () => undefined,
      certificateAfter: (_id, _after, isNew) => void seen.push(isNew),
      takeDomain: () => undefined,
    });
    return seen;
  };
  expect([anew('read-certificate'), anew('renew-certificate')]).toEqual([[false], [true]]);
});
