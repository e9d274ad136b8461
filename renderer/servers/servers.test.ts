import { describe, expect, it } from 'vitest';
import { addServer, newFleet } from '../../shared/fleet/edit-fleet';
import { readFleet } from '../../shared/fleet/read-fleet';
import type { StatusServer } from '../../shared/observed';
import { checkForm, emptyForm, fieldsOf, formOf, suggestId } from './server-form';
import { viewServer } from './server-view';

const filled = { ...emptyForm('idm-a'), endpoint: 'admin@192.0.2.7' };

describe('the form', () => {
  it('writes what was typed as the fleet file has it, and reads it back', () => {
    const form = {
      ...filled,
      sudo: true,
      service: 'kanidm.service',
      origin: 'repl://a.example.com:8444',
      identity: '~/.ssh/id',
    };
    const text = addServer(newFleet('x'), fieldsOf(form));
    if (!text.ok) throw new Error(text.error.message);
    const server = readFleet(text.value, null).fleet?.servers[0];
    expect(server).toMatchObject({ endpoint: 'ssh://admin@192.0.2.7', service: 'kanidm', sudo: true });
    expect(server && formOf(server)).toEqual({ ...form, service: 'kanidm' });
  });

  it('writes a container as the fleet file has it, without what belongs to SSH', () => {
    const form = {
      ...emptyForm('idm-a'),
      connect: 'docker' as const,
      endpoint: 'ssh://admin@rack2',
      container: 'kanidm',
      service: 'left over',
    };
    const text = addServer(newFleet('x'), fieldsOf(form));
    if (!text.ok) throw new Error(text.error.message);
    expect(text.value).not.toContain('service');
    const server = readFleet(text.value, null).fleet?.servers[0];
    expect(server && formOf(server)).toEqual({ ...form, service: '' });
  });

  it.each([
    ['unix:///var/run/docker.sock', true],
    ['tcp://host:2376', true],
    ['ssh://admin@rack2', true],
    ['context://home', true],
    ['unix://docker.sock', false],
    ['tcp://host', false],
    ['/var/run/docker.sock', false],
    ['', false],
  ] as const)('a Docker endpoint %s is taken: %s', (endpoint, taken) => {
    const form = { ...emptyForm('idm-a'), connect: 'docker' as const, endpoint, container: 'kanidm' };
    expect(Object.keys(checkForm(form, []))).toEqual(taken ? [] : ['endpoint']);
  });

  it('a container is needed', () => {
    const form = { ...emptyForm('idm-a'), connect: 'docker' as const, endpoint: 'context://home' };
    expect(Object.keys(checkForm(form, []))).toEqual(['container']);
  });

  it('leaves out what is as usual', () => {
    const text = addServer(newFleet('x'), fieldsOf(filled));
    expect(text.ok && text.value).not.toMatch(/sudo|service|kanidmd|identity|config|origin/);
  });

  it.each([
    [{ id: '' }, 'id'],
    [{ id: 'Idm A' }, 'id'],
    [{ id: 'idm-b' }, 'id'],
    [{ endpoint: '' }, 'endpoint'],
    [{ endpoint: 'docker://x' }, 'endpoint'],
    [{ endpoint: 'a b' }, 'endpoint'],
    [{ endpoint: 'host:99999' }, 'endpoint'],
    [{ origin: 'https://a:8444' }, 'origin'],
    [{ origin: 'repl://192.0.2.7:8444' }, 'origin'],
    [{ origin: 'repl://a.example.com' }, 'origin'],
    [{ bindaddress: 'localhost:8444' }, 'bindaddress'],
    [{ bindaddress: '0.0.0.0' }, 'bindaddress'],
  ] as const)('finds fault with %j', (typed, field) => {
    expect(Object.keys(checkForm({ ...filled, ...typed }, ['idm-b']))).toEqual([field]);
  });

  it.each(['rack2', 'admin@host', 'admin@host:2222', 'ssh://admin@[2001:db8::1]:22', '192.0.2.7'])(
    'takes %s',
    (endpoint) => {
      expect(checkForm({ ...filled, endpoint, bindaddress: '[::]:8444' }, [])).toEqual({});
    },
  );

  it('suggests the next name in the fleet’s own manner', () => {
    expect(suggestId([])).toBe('idm-a');
    expect(suggestId(['idm-a', 'idm-b'])).toBe('idm-c');
    expect(suggestId(['kanidm1'])).toBe('kanidm-a');
  });
});

describe('a server as it is shown', () => {
  const now = 1_000_000;
  const running: StatusServer = {
    id: 'idm-a',
    state: 'running',
    version: '1.10.5',
    domain: 'idm.example.com',
    domainUuid: null,
    fileRead: true,
    replication: true,
    certificate: { fingerprint: '', notBefore: '', notAfter: '2030-11-22T15:27:31Z', names: [] },
  };
  const sight = (server: StatusServer, live = true) => ({
    report: { servers: [server], pulls: [], problems: [] },
    at: now,
    live,
    lostBecause: '',
  });

  it('is well while a live report says so', () => {
    expect(viewServer('idm-a', sight(running), now, [])).toMatchObject({
      tone: 'good',
      state: 'running',
      about: '1.10.5 · idm.example.com',
      certificate: 'certificate until Nov 2030',
    });
  });

  it('is not known once the report is old or the stream lost; what was seen stays readable', () => {
    for (const view of [
      viewServer('idm-a', sight(running, false), now, []),
      viewServer('idm-a', sight(running), now + 60_000, []),
    ])
      expect(view).toMatchObject({ tone: 'quiet', state: 'not known', about: '1.10.5 · idm.example.com' });
  });

  it('is bad when it cannot be reached or has an error, whatever else is well', () => {
    expect(viewServer('idm-a', sight({ ...running, state: 'unreachable' }), now, []).tone).toBe('bad');
    const problem = {
      severity: 'error' as const,
      code: 'x',
      server: 'idm-a',
      message: '',
      fix: '',
      where: {},
    };
    expect(viewServer('idm-a', sight(running), now, [problem]).tone).toBe('bad');
    expect(viewServer('idm-a', sight(running), now, [{ ...problem, server: 'idm-b' }]).tone).toBe('good');
  });
});
