import { expect, it } from 'vitest';
import type { RemedyKind } from '../../shared/base/remedy';
import { remedyOf } from '../../shared/base/remedy';
import { jobOf, remedyLabel, serviceRemedy } from './remedies';

it('a server that runs can be restarted, one that is stopped started, and nothing is offered of what is not known', () => {
  expect(serviceRemedy('idm-a', 'running')).toEqual({ kind: 'restart', server: 'idm-a' });
  expect(serviceRemedy('idm-a', 'stopped')).toEqual({ kind: 'start', server: 'idm-a' });
  for (const state of ['unreachable', 'not known']) expect(serviceRemedy('idm-a', state)).toBeNull();
});

it('every cure has a button of its own, and is a job that is planned and reviewed as a deploy is', () => {
  const buttons: Readonly<Record<RemedyKind, readonly [string, object]>> = {
    start: ['Start idm-b…', { kind: 'start', server: 'idm-b' }],
    restart: ['Restart idm-b…', { kind: 'restart', server: 'idm-b' }],
    renew: ['Renew its certificate…', { kind: 'renew', server: 'idm-b' }],
    refresh: ['Refresh idm-b…', { kind: 'refresh', servers: ['idm-b'] }],
    repin: ['Re-pin…', { kind: 'apply' }],
    deploy: ['Review & deploy…', { kind: 'apply' }],
  };
  for (const [kind, [label, job]] of Object.entries(buttons) as [RemedyKind, readonly [string, object]][]) {
    const remedy = remedyOf(kind, 'idm-b');
    expect(remedyLabel(remedy)).toBe(label);
    expect(jobOf(remedy)).toEqual(job);
  }
});
