import { describe, expect, it } from 'vitest';
import { addServer, newFleet } from '../../shared/fleet/edit/edit-fleet';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import type { LayerServer } from '../../shared/fleet/difference/difference';
import type { StatusServer } from '../../shared/observed/status';
import {
  checkForm,
  emptyForm,
  fieldsOf,
  formOf,
  suggestId,
  testedBy,
  typedAgain,
  typedIn,
  withKind,
} from './server-form';
import { lastLineOf, viewServer } from '../live/server-view';

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
    [{ origin: 'repl://[2001:db8::7]:8444' }, 'origin'],
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

  it('carries no address of one kind of connection into another, and brings it back', () => {
    const typed = { ...filled, endpoint: 'admin@192.0.2.7', config: '/etc/kanidm/server.toml' };
    const docker = withKind(typed, 'docker', {});
    expect(docker.form).toMatchObject({ connect: 'docker', endpoint: '', config: '', id: typed.id });
    docker.form.endpoint = 'unix:///var/run/docker.sock';
    const back = withKind(docker.form, 'ssh', docker.kept);
    expect(back.form).toEqual(typed);
    expect(withKind(back.form, 'docker', back.kept).form.endpoint).toBe('unix:///var/run/docker.sock');
  });

  it('is tested by what reaches a server, not by what it is called', () => {
    expect(testedBy({ ...filled, id: 'other' })).toBe(testedBy(filled));
    expect(testedBy({ ...filled, endpoint: 'other' })).not.toBe(testedBy(filled));
    expect(testedBy({ ...filled, sudo: !filled.sudo })).not.toBe(testedBy(filled));
  });

  it('is kept while it is typed, without a password, and comes back as it was', () => {
    const form = {
      ...emptyForm('idm-a'),
      endpoint: 'ssh://ada:s3cret@host:22',
      sudo: true,
      identity: '~/.ssh/k',
    };
    expect(typedIn(form).endpoint).toBe('ssh://ada@host:22');
    for (const endpoint of ['ada@host:22', 'host:22', 'tcp://host:2376', '/tmp/a:b@c', 'alias'])
      expect(typedIn({ ...form, endpoint }).endpoint).toBe(endpoint);
    expect(typedAgain(emptyForm('idm-z'), typedIn(form))).toEqual({ ...form, endpoint: 'ssh://ada@host:22' });
    // What is kept lies in a file: other fields, and other types, are nothing to fill a form with.
    const odd = { sudo: 'yes', connect: 'telnet', __proto__: 'x', extra: 'y' };
    expect(typedAgain(form, odd)).toEqual(form);
  });

  it('suggests the next name in the fleet’s own manner', () => {
    expect(suggestId([])).toBe('idm-a');
    expect(suggestId(['idm-a', 'idm-b'])).toBe('idm-c');
    expect(suggestId(['kanidm1'])).toBe('kanidm-a');
  });
});

describe('a server as it is shown', () => {
  const now = { wall: 1_000_000, monotonic: 0 };
  const running: StatusServer = {
    id: 'idm-a',
    state: 'running',
    version: '1.10.5',
    domain: 'idm.example.com',
    domainUuid: null,
    fileRead: true,
    replication: true,
    runsWith: null,
    certificate: { fingerprint: '', notBefore: '', notAfter: '2030-11-22T15:27:31Z', names: [] },
  };
  const layer = {
    id: 'idm-a',
    drawn: { id: 'idm-a' },
    reading: { last: running, notKnown: null },
    difference: { kind: 'same', changes: [], notRead: [] },
    strangers: [],
  } as unknown as LayerServer;
  const sight = (server: StatusServer, live = true) => ({
    report: { servers: [server], pulls: [], undrawn: [], problems: [] },
    at: now,
    live,
    lostBecause: '',
  });

  it('is well while a live report says so', () => {
    expect(viewServer(layer, sight(running), now, [])).toMatchObject({
      tone: 'good',
      state: 'running',
      about: '1.10.5 · idm.example.com',
      certificate: 'certificate until Nov 2030',
    });
  });

  it('is not known once the report is old or the stream lost; what was seen stays readable', () => {
    for (const view of [
      viewServer(layer, sight(running, false), now, []),
      viewServer(layer, sight(running), { wall: now.wall + 60_000, monotonic: 60_000 }, []),
    ])
      expect(view).toMatchObject({ tone: 'quiet', state: 'not known', about: '1.10.5 · idm.example.com' });
  });

  it('that cannot be reached says when it is tried again, counted down by the clock that nobody sets', () => {
    const away: StatusServer = { ...running, state: 'unreachable', nextTry: { inMs: 24_000 } };
    expect(viewServer(layer, sight(away), now, []).retry).toBe('next try in 24 s');
    const later = { wall: now.wall + 9_500, monotonic: 9_500 };
    expect(viewServer(layer, sight(away), later, []).retry).toBe('next try in 15 s');
    expect(viewServer(layer, sight({ ...away, nextTry: 'asked' }), now, []).retry).toMatch(/Check/);
    expect(viewServer(layer, sight(running), now, []).retry).toBe('');
  });

  it.each([
    ['could not be reached', { state: 'unreachable', fileRead: false }, 'replication not known'],
    ['could not be read', { fileRead: false }, 'replication not known'],
    ['was read, and has none', { replication: false }, 'replication is not set up'],
    ['was read, and shows none', {}, 'no certificate shown'],
    ['is stopped', { state: 'stopped' }, 'certificate not known'],
  ] as const)('that %s says no more of its replication', (_, more, said) => {
    const seen: StatusServer = { ...running, certificate: null, ...more };
    const never = { ...layer, reading: { last: null, notKnown: 'It cannot be reached.' } };
    expect(viewServer(never, sight(seen), now, []).certificate).toBe(said);
  });

  it('says on its node in words that it is away, whatever is known of it from before, and its certificate else', () => {
    const lines = (more: Partial<StatusServer>): readonly string[] => {
      const view = viewServer(layer, sight({ ...running, ...more }), now, []);
      return [view.about, lastLineOf(view)];
    };
    expect(lines({})[1]).toMatch(/^certificate until /);
    expect(lines({ state: 'stopped' })[1]).toBe('stopped');
    const nothing = { version: null, domain: null, fileRead: false };
    const never = { ...layer, reading: { last: null, notKnown: 'It cannot be reached.' } };
    const view = viewServer(never, sight({ ...running, ...nothing, state: 'unreachable' }), now, []);
    expect([view.about, lastLineOf(view)]).toEqual(['unreachable', view.certificate]);
    expect(lastLineOf(viewServer(layer, { ...sight(running), live: false }, now, []))).toMatch(
      /^certificate/,
    );
  });

  it('is bad when it cannot be reached or has an error, whatever else is well', () => {
    expect(viewServer(layer, sight({ ...running, state: 'unreachable' }), now, []).tone).toBe('bad');
    const problem = {
      severity: 'error' as const,
      code: 'x',
      server: 'idm-a',
      message: '',
      fix: '',
      where: {},
    };
    expect(viewServer(layer, sight(running), now, [problem]).tone).toBe('bad');
    expect(viewServer(layer, sight(running), now, [{ ...problem, server: 'idm-b' }]).tone).toBe('good');
  });
});
