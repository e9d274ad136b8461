import { describe, expect, it } from 'vitest';
import { type RanStep, whatIsProved } from './proved';

const step = (action: RanStep['action'], server: string, state: RanStep['state'] = 'done'): RanStep => ({
  action,
  server,
  state,
});

describe('what a deploy has proved', () => {
  it('names the pulls that a step watched', () => {
    expect(whatIsProved([step('configure', 'idm-a'), step('verify', 'idm-a'), step('verify', 'idm-b')])).toBe(
      'Replication verified: idm-a and idm-b each completed a fresh round.',
    );
  });

  it('claims no pull that nobody watched', () => {
    for (const steps of [
      [step('put-back', 'idm-a'), step('put-back', 'idm-b')],
      [step('restart', 'idm-a')],
      [step('configure', 'idm-a'), step('verify', 'idm-a', 'skipped')],
      [step('configure', 'idm-a'), step('verify', 'idm-a', 'failed')],
    ]) {
      expect(whatIsProved(steps)).toContain('no pull was watched');
      expect(whatIsProved(steps)).not.toContain('verified');
    }
    expect(whatIsProved([step('put-back', 'idm-a'), step('restart', 'idm-b')])).toBe(
      'The earlier server.toml is back on idm-a. kanidmd was restarted on idm-b. kanidmd answers there; no pull was watched.',
    );
  });

  it('says nothing of steps that did nothing', () => {
    expect(whatIsProved([])).toBe('');
    expect(whatIsProved([step('configure', 'idm-a', 'skipped')])).toBe('');
  });

  it('and nothing of those that only read, back up or take another’s data: they prove no server', () => {
    const kinds = ['read-certificate', 'backup', 'refresh', 'renew-certificate', 'compare'] as const;
    expect(whatIsProved(kinds.map((kind) => step(kind, 'idm-a')))).toBe('');
  });

  it('says of one server that it did, and of several that each did', () => {
    expect(whatIsProved([step('verify', 'idm-b')])).toBe(
      'Replication verified: idm-b completed a fresh round.',
    );
  });
});
