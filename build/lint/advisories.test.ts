import { describe, expect, it } from 'vitest';
import { notAllowed } from '../package/shipped.mjs';
import { judgeAudit, judgeShipped } from './advisories.mjs';

const shipped = new Set(['ssh2']);

describe('what is known against packages', () => {
  it('is wrong of what is shipped, and noted of the rest', () => {
    const advisory = { title: 'Reads too far', url: 'https://example.com/1', severity: 'high' };
    const report = {
      auditReportVersion: 2,
      vulnerabilities: {
        ssh2: { name: 'ssh2', severity: 'high', via: [advisory] },
        vite: { name: 'vite', severity: 'low', via: ['rolldown'] },
      },
    };
    expect(judgeAudit(JSON.stringify(report), shipped)).toEqual({
      wrong: ['ssh2: high: Reads too far https://example.com/1'],
      noted: ['vite: low: by rolldown'],
    });
  });

  it('is wrong of the Electron that is packed, which no bundle names', () => {
    const judge = (via: readonly unknown[]) =>
      judgeShipped([], JSON.stringify({ vulnerabilities: { electron: { severity: 'high', via } } }));
    const own = { title: 'Use after free', url: 'https://example.com/2' };
    expect(judge([own, 'extract-zip'])).toEqual({
      count: 1,
      licences: [],
      audit: {
        wrong: ['electron: high: Use after free https://example.com/2; by extract-zip'],
        noted: [],
      },
    });
    // What only fetches it is not in the package.
    expect(judge(['extract-zip']).audit).toEqual({ wrong: [], noted: ['electron: high: by extract-zip'] });
  });

  it('is unknown where no registry answers', () => {
    const refused = { message: '405 Method Not Allowed', error: { summary: '' } };
    expect(judgeAudit(JSON.stringify(refused), shipped)).toEqual({ unknown: '405 Method Not Allowed' });
    for (const output of ['', 'null', '{}'])
      expect(judgeAudit(output, shipped)).toEqual({ unknown: 'npm audit printed no report' });
  });
});

describe('licences', () => {
  const one = (license: string, text = 'text') => [{ name: 'a', version: '1.0.0', license, text }];

  it('of the list are allowed, in every part of an expression', () => {
    expect(notAllowed(one('(MIT OR Apache-2.0)'))).toEqual([]);
    expect(notAllowed(one('MIT AND GPL-3.0-only'))).toEqual(['a 1.0.0: MIT AND GPL-3.0-only']);
  });

  it('have to be said, with their text', () => {
    expect(notAllowed(one(''))).toEqual(['a 1.0.0: says no licence']);
    expect(notAllowed(one('MIT', ''))).toEqual(['a: has no licence text']);
  });
});
