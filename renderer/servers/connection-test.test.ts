import { expect, it } from 'vitest';
import type { ServerReport, ServerState, StatusServer } from '../../shared/observed/status';
import { type Found, stillHolds } from './connection-test.svelte';

const FAULT = { code: 'unreachable', message: 'No answer.', fix: 'Wait.', where: {} };
const seen = (state: ServerState, revision = '') => ({ id: 'idm-a', state, revision }) as StatusServer;
const ran = (of: string, then: StatusServer | null): Found => ({
  ...{ of, seen: then, fault: null },
  report: { state: 'running' } as ServerReport,
});
const failed = (then: StatusServer | null): Found => ({
  of: 'ssh://a',
  seen: then,
  report: null,
  fault: FAULT,
});

it('what a test found leaves once the server is reached in another way', () => {
  expect(stillHolds(ran('ssh://a', null), 'ssh://a', null)).toBe(true);
  expect(stillHolds(ran('ssh://a', null), 'ssh://b', null)).toBe(false);
});

it('and once the server is seen to be another than it was then', () => {
  expect(stillHolds(failed(seen('unreachable')), 'ssh://a', seen('unreachable'))).toBe(true);
  expect(stillHolds(failed(seen('unreachable')), 'ssh://a', seen('running'))).toBe(false);
  expect(stillHolds(failed(null), 'ssh://a', seen('running'))).toBe(false);
  expect(stillHolds(ran('ssh://a', seen('running', 'one')), 'ssh://a', seen('stopped', 'one'))).toBe(false);
  expect(stillHolds(ran('ssh://a', seen('running', 'one')), 'ssh://a', seen('running', 'two'))).toBe(false);
});

it('but not because the watch comes to the same', () => {
  expect(stillHolds(ran('ssh://a', null), 'ssh://a', seen('running'))).toBe(true);
  expect(stillHolds(ran('ssh://a', seen('stopped')), 'ssh://a', seen('running'))).toBe(true);
});
