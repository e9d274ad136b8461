import { describe, expect, it } from 'vitest';
import {
  certificateOfTest,
  fleetOfTest,
  observedOfTest,
  readCertificateOfTest,
} from '../../../test/support/fleet-fixtures';
import { reportCertificates } from './report-certificates';

const NOW = Date.parse('2026-12-01T00:00:00Z');
const fleet = fleetOfTest(['idm-a', 'idm-b'], ['idm-a > idm-b']);
const a = observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b mutual-pull'] });
const b = observedOfTest({ id: 'idm-b', domain: 'a', tables: ['idm-a mutual-pull'] });
const codes = (report: ReturnType<typeof reportCertificates>) => report.problems.map((it) => it.code);

describe('the report of certificates', () => {
  it('says who pins what is shown, and how many days are left', () => {
    const report = reportCertificates(fleet, [a, b], NOW);
    expect(codes(report)).toEqual([]);
    expect(report.servers).toMatchObject([
      { id: 'idm-a', daysLeft: 7297, pinnedBy: [{ server: 'idm-b', current: true }] },
      { id: 'idm-b', daysLeft: 7297, pinnedBy: [{ server: 'idm-a', current: true }] },
    ]);
  });

  it('finds a pin of another certificate, and an end that is near', () => {
    const renewed = {
      ...readCertificateOfTest('idm-b'),
      text: certificateOfTest('idm-b-again'),
      notAfter: '2026-12-11T12:00:00.000Z',
    };
    const report = reportCertificates(fleet, [a, { ...b, certificate: renewed }], NOW);
    expect(report.servers[1]).toMatchObject({
      daysLeft: 10,
      pinnedBy: [{ server: 'idm-a', current: false }],
    });
    expect(codes(report)).toEqual(['certificate-expires-soon', 'pin-differs']);
  });

  it('claims nothing of a server that shows none', () => {
    const report = reportCertificates(fleet, [a, { ...b, state: 'stopped', certificate: null }], NOW);
    expect(report.servers[1]).toMatchObject({
      certificate: null,
      daysLeft: null,
      pinnedBy: [{ server: 'idm-a', current: null }],
    });
  });
});
