import { describe, expect, it } from 'vitest';
import { certificateOfTest, observedOfTest } from '../../../test/support/fleet-fixtures';
import { type Origin, trusted } from '../../base/names';
import type { ObservedServer } from '../../observed/observed';
import { readFleet } from '../read/read-fleet';
import { checkObserved } from '../rules/check-observed';
import { readTopology } from '../model/topology';
import { drawFleet } from './draw-fleet';
import { findPartners } from './find-partners';
import type { ServerAddress } from './adopted-fleet';

type Change = (server: ObservedServer) => ObservedServer;

/** Servers `idm-a`, … with their tables, as `idm-b mutual-pull automatic`. */
function observe(tables: Readonly<Record<string, readonly string[] | null>>, change: Change = (it) => it) {
  return Object.entries(tables).map(([id, own]) => change(observedOfTest({ id, domain: 'a', tables: own })));
}

const ssh = (id: string): ServerAddress => ({ connect: 'ssh', endpoint: `ssh://admin@${id}.example.com:22` });

const find = (observed: readonly ObservedServer[], reach = ssh) =>
  findPartners(observed.map((server) => ({ reach: reach(server.id), observed: server })));

function draw(observed: readonly ObservedServer[], ...primaries: string[]) {
  const drawn = drawFleet(find(observed), primaries);
  if (!drawn.ok) throw new Error(drawn.error.message);
  return drawn.value;
}

/** `idm-a > idm-b`, `idm-a ~> idm-b automatic`. */
const outline = ({ links }: Pick<ReturnType<typeof draw>, 'links'>): string[] =>
  links.map(
    (link) =>
      `${link.supplier} ${link.mutual ? '>' : '~>'} ${link.consumer}${link.automaticRefresh ? ' automatic' : ''}`,
  );

const codes = ({ problems }: Pick<ReturnType<typeof draw>, 'problems'>): string[] =>
  problems.map(({ code, server }) => (server === null ? code : `${code} ${server}`));

describe('the direction of a link', () => {
  it.each<[string, readonly string[] | null, readonly string[] | null, readonly string[], readonly string[]]>(
    [
      [
        'the flagged side consumes',
        ['idm-b mutual-pull'],
        ['idm-a mutual-pull automatic'],
        ['idm-a > idm-b automatic'],
        [],
      ],
      [
        'so it does when it is given first',
        ['idm-b mutual-pull automatic'],
        ['idm-a mutual-pull'],
        ['idm-b > idm-a automatic'],
        [],
      ],
      ['the side that pulls consumes', ['idm-b allow-pull'], ['idm-a pull'], ['idm-a ~> idm-b'], []],
      ['flagged as well', ['idm-b pull automatic'], ['idm-a allow-pull'], ['idm-b ~> idm-a automatic'], []],
      ['one side only, pulling', ['idm-b pull'], [], ['idm-b ~> idm-a'], ['link-one-sided idm-b']],
      ['one side only, allowing', ['idm-b allow-pull'], [], ['idm-a ~> idm-b'], ['link-one-sided idm-b']],
      [
        'one side only, flagged',
        [],
        ['idm-a mutual-pull automatic'],
        ['idm-a > idm-b automatic'],
        ['link-one-sided idm-a'],
      ],
      [
        'mutual-pull against allow-pull: what works',
        ['idm-b mutual-pull'],
        ['idm-a allow-pull'],
        ['idm-b ~> idm-a'],
        ['link-differs'],
      ],
      [
        'pull against mutual-pull: what works, and a flag of the other side is drift',
        ['idm-b pull'],
        ['idm-a mutual-pull automatic'],
        ['idm-b ~> idm-a'],
        ['link-differs'],
      ],
      ['allow-pull on both: no link', ['idm-b allow-pull'], ['idm-a allow-pull'], [], ['link-useless']],
    ],
  )('%s', (_what, a, b, links, found) => {
    const drawn = draw(observe({ 'idm-a': a, 'idm-b': b }));
    expect(outline(drawn)).toEqual(links);
    expect(codes(drawn)).toEqual(found);
    expect(drawn.questions).toEqual([]);
    expect(readFleet(drawn.text ?? '', null).fleet?.links).toHaveLength(links.length);
  });

  it('is asked for where both sides are the same, flags on both included', () => {
    const mutual = observe({ 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a mutual-pull'] });
    expect(draw(mutual)).toMatchObject({
      text: null,
      questions: [{ servers: ['idm-a', 'idm-b'], candidates: ['idm-a', 'idm-b'] }],
    });
    expect(outline(draw(mutual, 'idm-b'))).toEqual(['idm-b > idm-a']);
    const flagged = observe({
      'idm-a': ['idm-b mutual-pull automatic'],
      'idm-b': ['idm-a mutual-pull automatic'],
    });
    expect(draw(flagged).questions).toHaveLength(1);
    const drawn = draw(flagged, 'idm-a');
    expect(outline(drawn)).toEqual(['idm-a > idm-b automatic']);
    expect(codes(drawn)).toEqual(['link-differs']);
    expect(drawn.problems[0]?.message).toContain('idm-a has mutual-pull with automatic_refresh');
  });

  it('of tables that do not fit is a person’s to say, and says nothing about other links', () => {
    const pair = observe({ 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a allow-pull'] });
    // What works: a pulls from b.
    expect(outline(draw(pair))).toEqual(['idm-b ~> idm-a']);
    expect(outline(draw(pair, 'idm-b'))).toEqual(['idm-b ~> idm-a']);
    // a's data is to win: then b pulls too, and what works today stays.
    const turned = draw(pair, 'idm-a');
    expect(outline(turned)).toEqual(['idm-a > idm-b']);
    expect(turned.problems[0]?.message).toContain('idm-b has allow-pull and would get mutual-pull');
    const three = observe({
      'idm-a': ['idm-b mutual-pull', 'idm-c mutual-pull'],
      'idm-b': ['idm-a allow-pull'],
      'idm-c': ['idm-a mutual-pull'],
    });
    expect(draw(three).questions).toMatchObject([{ candidates: ['idm-a', 'idm-b', 'idm-c'] }]);
    expect(outline(draw(three, 'idm-b'))).toEqual(['idm-b ~> idm-a', 'idm-a > idm-c']);
    expect(outline(draw(three, 'idm-a'))).toEqual(['idm-a > idm-b', 'idm-a > idm-c']);
  });

  it('follows from the other links where they leave one server only to be the primary', () => {
    // b refreshes itself from a; so c, linked with b, cannot be the primary: nothing would feed a.
    const drawn = draw(
      observe({
        'idm-a': ['idm-b mutual-pull'],
        'idm-b': ['idm-a mutual-pull automatic', 'idm-c mutual-pull'],
        'idm-c': ['idm-b mutual-pull'],
      }),
    );
    expect(outline(drawn)).toEqual(['idm-a > idm-b', 'idm-b > idm-c']);
    expect(drawn.links.map((link) => link.because)).toEqual(['automatic-refresh', 'other-links']);
    // automatic_refresh with two suppliers is nothing a fleet file may say.
    expect(codes(drawn)).toEqual(['link-differs']);
  });

  it('is asked once for each part, and an answer is for its own part', () => {
    const observed = observe({
      'idm-a': ['idm-b mutual-pull'],
      'idm-b': ['idm-a mutual-pull'],
      'idm-c': ['idm-d mutual-pull'],
      'idm-d': ['idm-c mutual-pull'],
      'idm-e': null,
    });
    expect(draw(observed).questions).toHaveLength(2);
    expect(draw(observed, 'idm-b').questions).toEqual([
      { servers: ['idm-c', 'idm-d'], candidates: ['idm-c', 'idm-d'] },
    ]);
    expect(outline(draw(observed, 'idm-b', 'idm-c'))).toEqual(['idm-b > idm-a', 'idm-c > idm-d']);
  });

  it('is never another than what the files say', () => {
    const observed = observe({ 'idm-a': ['idm-b allow-pull'], 'idm-b': ['idm-a pull'] });
    const refused = (...primaries: string[]) => {
      const drawn = drawFleet(find(observed), primaries);
      return drawn.ok ? null : drawn.error;
    };
    expect(refused('idm-a')).toBeNull();
    expect(refused('idm-b')).toMatchObject({ code: 'adopt-primary-contradicted' });
    expect(refused('idm-b')?.message).toContain('only idm-a can');
    expect(refused('idm-x')?.code).toBe('adopt-unknown-primary');
    expect(refused('idm-a', 'idm-b')?.code).toBe('adopt-several-primaries');
  });

  it('draws files that contradict each other as they are, and leaves it to the check', () => {
    const drawn = draw(
      observe({
        'idm-a': ['idm-b allow-pull', 'idm-c pull'],
        'idm-b': ['idm-a pull', 'idm-c allow-pull'],
        'idm-c': ['idm-b pull', 'idm-a allow-pull'],
      }),
    );
    expect(outline(drawn).sort()).toEqual(['idm-a ~> idm-b', 'idm-b ~> idm-c', 'idm-c ~> idm-a']);
    expect(drawn.text).not.toBeNull();
  });
});

describe('partners', () => {
  const renamed =
    (of: string, origin: string): Change =>
    (server) => ({
      ...server,
      config: server.config && {
        ...server.config,
        replication: server.config.replication && {
          ...server.config.replication,
          partners: server.config.replication.partners.map((partner) =>
            server.id === of ? { ...partner, origin: trusted<Origin>(origin) } : partner,
          ),
        },
      },
    });

  it('are known by their certificate, whatever name is dialled, and the name is kept', () => {
    const tables = { 'idm-a': ['idm-b allow-pull'], 'idm-b': ['idm-a pull'] };
    const drawn = draw(observe(tables, renamed('idm-b', 'repl://a.vpn:8444')));
    expect(drawn.links).toMatchObject([{ supplier: 'idm-a', supplierOrigin: 'repl://a.vpn:8444' }]);
    const other = draw(observe(tables, renamed('idm-a', 'repl://b.vpn:8444')));
    expect(other.links).toMatchObject([{ consumer: 'idm-b', consumerOrigin: 'repl://b.vpn:8444' }]);
    expect(codes(drawn)).toEqual([]);
  });

  const pinning =
    (of: string, whose: string): Change =>
    (server) => ({
      ...server,
      config: server.config && {
        ...server.config,
        replication: server.config.replication && {
          ...server.config.replication,
          partners: server.config.replication.partners.map((partner) =>
            server.id === of ? { ...partner, certificate: certificateOfTest(whose) } : partner,
          ),
        },
      },
    });

  it('are known by their origin where the pin is another certificate, and that is said', () => {
    const tables = { 'idm-a': ['idm-b allow-pull'], 'idm-b': ['idm-a pull'], 'idm-c': [] };
    for (const whose of ['idm-x', 'idm-b', 'idm-c']) {
      const drawn = draw(observe(tables, pinning('idm-b', whose)));
      expect(outline(drawn)).toEqual(['idm-a ~> idm-b']);
      expect(codes(drawn)).toEqual(['pin-differs idm-b']);
    }
  });

  it('that are not adopted are reported, each', () => {
    const drawn = draw(
      observe({ 'idm-a': ['idm-b allow-pull', 'idm-x pull'], 'idm-b': ['idm-a pull', 'idm-y mutual-pull'] }),
    );
    expect(codes(drawn)).toEqual(['unknown-partner idm-a', 'unknown-partner idm-b']);
    expect(outline(drawn)).toEqual(['idm-a ~> idm-b']);
  });

  it('with two tables make one link, by the partner’s own name', () => {
    const twice: Change = (server) => {
      const replication = server.config?.replication;
      if (server.id !== 'idm-b' || !server.config || !replication) return server;
      const [own] = replication.partners;
      if (!own) return server;
      const vpn = { ...own, origin: trusted<Origin>('repl://a.vpn:8444'), automaticRefresh: true };
      return {
        ...server,
        config: { ...server.config, replication: { ...replication, partners: [vpn, own] } },
      };
    };
    const drawn = draw(observe({ 'idm-a': ['idm-b allow-pull'], 'idm-b': ['idm-a pull'] }, twice));
    expect(outline(drawn)).toEqual(['idm-a ~> idm-b']);
    expect(drawn.links[0]?.supplierOrigin).toBeUndefined();
    expect(codes(drawn)).toEqual(['second-table idm-b']);
  });
});

describe('the servers', () => {
  const named = (...origins: string[]) =>
    find(
      origins.map((origin, index) => {
        const server = observedOfTest({ id: `x${index}`, domain: 'a', tables: [] });
        const replication = server.config?.replication;
        if (!server.config || !replication) throw new Error('no config');
        return {
          ...server,
          certificate: null,
          config: { ...server.config, replication: { ...replication, origin } },
        };
      }),
    ).servers;
  const idsOf = (...origins: string[]) => named(...origins).map(({ fields }) => fields.id);

  it('are called by their hosts, each otherwise', () => {
    expect(idsOf('repl://idm-a.example.com:8444', 'repl://IDM-B.example.com:8444')).toEqual([
      'idm-a',
      'idm-b',
    ]);
    expect(idsOf('repl://idm.berlin.example.com:1', 'repl://idm.paris.example.com:1')).toEqual([
      'idm-berlin',
      'idm-paris',
    ]);
    expect(idsOf('repl://idm.example.com:1', 'repl://idm.example.com:2')).toEqual([
      'idm-example-com',
      'idm-example-com-2',
    ]);
    expect(idsOf('repl://idm_1.example.com:1')).toEqual(['idm-1']);
  });

  it('are called by container or address where they have no name of their own', () => {
    const bare = (reach: ServerAddress, overrides = {}) => {
      const server = observedOfTest({ id: 'x', domain: 'a', tables: null });
      if (server.facts === null) throw new Error('no facts');
      const observed = { ...server, facts: { ...server.facts, overrides } };
      return findPartners([{ reach, observed }]).servers[0]?.fields;
    };
    expect(bare({ connect: 'ssh', endpoint: 'ssh://admin@192.0.2.7:22' })?.id).toBe('192-0-2-7');
    expect(bare({ connect: 'ssh', endpoint: 'ssh://[2001:db8::1]:22' })?.id).toBe('2001-db8-1');
    expect(bare({ connect: 'ssh', endpoint: 'ssh://home' })?.id).toBe('home');
    const docker: ServerAddress = {
      connect: 'docker',
      endpoint: 'unix:///var/run/docker.sock',
      container: 'Kanidm_1',
    };
    expect(bare(docker)?.id).toBe('kanidm-1');
    const origin = { KANIDM_REPLICATION_ORIGIN: 'repl://idm-z.example.com:8444' };
    expect(bare(docker, origin)).toMatchObject({ id: 'idm-z', origin: 'repl://idm-z.example.com:8444' });
  });

  it('keep an address as origin to themselves: in a fleet file it would be an error', () => {
    expect(named('repl://192.0.2.7:8444')[0]).toMatchObject({ origin: 'repl://192.0.2.7:8444' });
    expect(named('repl://192.0.2.7:8444')[0]?.fields.origin).toBeUndefined();
    expect(named('repl://a.example.com:8444')[0]?.fields).toMatchObject({ bindaddress: '0.0.0.0:8444' });
  });

  it('give the fleet its name and its domain, while they agree', () => {
    const pair = { 'idm-a': ['idm-b allow-pull'], 'idm-b': ['idm-a pull'] };
    const read = readFleet(draw(observe(pair)).text ?? '', null).fleet;
    expect(read).toMatchObject({
      name: 'idm.example.com',
      domainUuid: 'aaaaaaaa-0000-4000-8000-000000000000',
    });
    const apart = draw([
      observedOfTest({ id: 'idm-a', domain: 'a', tables: ['idm-b allow-pull'] }),
      observedOfTest({ id: 'idm-b', domain: 'b', tables: ['idm-a pull'] }),
    ]);
    expect(readFleet(apart.text ?? '', null).fleet?.domainUuid).toBeNull();
  });

  it('that cannot be read stand in the way; stopped ones are known by their origin', () => {
    const tables = { 'idm-a': ['idm-b allow-pull'], 'idm-b': ['idm-a pull'] };
    const dead: Change = (server) =>
      server.id === 'idm-b' ? { ...server, state: 'unreachable', config: null, file: null } : server;
    expect(draw(observe(tables, dead))).toMatchObject({ text: null, questions: [] });
    expect(codes(draw(observe(tables, dead)))).toContain('server-unreachable idm-b');
    const stopped: Change = (server) =>
      server.id === 'idm-b' ? { ...server, state: 'stopped', certificate: null, domain: null } : server;
    const drawn = draw(observe(tables, stopped));
    expect(outline(drawn)).toEqual(['idm-a ~> idm-b']);
    expect(drawn.problems).toMatchObject([{ code: 'server-stopped', severity: 'warning' }]);
    expect(drawn.text).not.toBeNull();
  });

  it('are named once each', () => {
    const [a] = observe({ 'idm-a': [] });
    if (!a) throw new Error('no server');
    const drawn = draw([a, a]);
    expect(codes(drawn)).toEqual(['server-twice idm-a-example-com-2']);
    expect(drawn.text).toBeNull();
  });
});

describe('servers behind one name', () => {
  const VIP = 'repl://idm.example.com:8444';
  const behind: Change = (server) => ({
    ...server,
    config: server.config?.replication
      ? { ...server.config, replication: { ...server.config.replication, origin: VIP } }
      : server.config,
  });

  it.each([
    ['partners dial', { 'idm-a': ['idm-b mutual-pull'], 'idm-b': ['idm-a mutual-pull automatic'] }],
    ['the certificate says', { 'idm-a': ['idm-b mutual-pull'], 'idm-b': [] }],
  ])('are adopted by the names %s', (_what, tables) => {
    const observed = observe(tables, behind);
    const drawn = draw(observed, find(observed).servers[0]?.fields.id ?? '');
    expect(codes(drawn).filter((code) => code.startsWith('origin-shared'))).toHaveLength(2);
    const fleet = readFleet(drawn.text ?? '', null).fleet;
    expect(fleet?.servers.map((server) => server.origin)).toEqual([
      'repl://idm-a.example.com:8444',
      'repl://idm-b.example.com:8444',
    ]);
    expect(fleet?.links).toMatchObject([{ supplierOrigin: null, consumerOrigin: null }]);
    const problems = checkObserved(
      fleet!,
      readTopology(fleet!),
      observed.map((server, index) => ({ ...server, id: fleet!.servers[index]!.id })),
    ).map(({ code }) => code);
    expect(problems).not.toContain('same-origin');
    expect(problems.filter((code) => code.startsWith('certificate-'))).toEqual([]);
  });
});
