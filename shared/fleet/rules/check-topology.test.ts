import { describe, expect, it } from 'vitest';
import { readFleet } from '../read/read-fleet';
import { readTopology } from '../model/topology';
import { checkTopology } from './check-topology';

/** A fleet of the servers named, linked as `a>b` (mutual) or `a-b` (one way from a to b). */
function fleetOf(servers: string, links = '', refreshFrom: Record<string, string> = {}) {
  const tables = servers
    .split(' ')
    .flatMap((id) => [
      `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}"`,
      ...(refreshFrom[id] === undefined ? [] : [`refresh_from = "${refreshFrom[id]}"`]),
    ]);
  const arrows = links.split(' ').flatMap((text) => {
    const [, supplier, arrow, consumer] = /^(\w)([>-])(\w)$/.exec(text) ?? [];
    return supplier === undefined || consumer === undefined
      ? []
      : [`[[link]]\nsupplier = "${supplier}"\nconsumer = "${consumer}"\nmutual = ${String(arrow === '>')}`];
  });
  const { fleet, problems } = readFleet(['version = 1\nname = "x"', ...tables, ...arrows].join('\n'), null);
  if (!fleet) throw new Error(JSON.stringify(problems));
  return fleet;
}

const check = (...fleet: Parameters<typeof fleetOf>) => {
  const read = fleetOf(...fleet);
  return checkTopology(read, readTopology(read));
};
const codes = (...fleet: Parameters<typeof fleetOf>) => check(...fleet).map((problem) => problem.code);

describe('the drawn graph', () => {
  it('finds nothing wrong with a pair', () => {
    expect(codes('a b', 'a>b')).toEqual([]);
    expect(codes('a')).toEqual([]);
  });

  it('says when there is nothing to replicate', () => {
    const empty = readFleet('version = 1\nname = "x"\n', null).fleet;
    if (!empty) throw new Error('the empty fleet reads');
    expect(checkTopology(empty, readTopology(empty)).map((problem) => problem.code)).toEqual(['no-servers']);
    expect(codes('a b')).toEqual([]);
  });

  it('warns beyond two servers, and names who holds a chain together', () => {
    const found = check('a b c', 'a>b b>c');
    expect(found.map((problem) => [problem.severity, problem.code, problem.server])).toEqual([
      ['warning', 'more-than-two-servers', null],
      ['info', 'single-point-of-failure', 'b'],
    ]);
    expect(found[1]?.message).toBe('While b is down, a and c do not replicate with each other.');
    expect(codes('a b c', 'a>b b>c a>c')).toEqual(['more-than-two-servers']);
  });

  it('says which link of a ring to turn round, and that turning it is enough', () => {
    const ring = check('a b c', 'a>b b>c c>a').filter((problem) => problem.severity === 'error');
    expect(ring).toMatchObject([{ code: 'ring', server: null }]);
    expect(ring[0]?.message).toMatch(/run in a ring/);
    expect(ring[0]?.fix).toContain('Reverse c → a, so that a’s data wins');
    expect(check('a b c', 'a>b b>c a>c').some((problem) => problem.severity === 'error')).toBe(false);
  });

  it('finds the ring of one part beside a sound part', () => {
    const found = check('a b c d e', 'd>e a>b b>c c>a').map((problem) => problem.code);
    expect(found).toContain('ring');
    expect(found).toContain('fleet-in-parts');
    expect(found).not.toContain('several-primaries');
  });

  it('refuses sources chosen in a circle, where the links themselves have a primary', () => {
    const found = check('p a b', 'p>a p>b a>b', { b: 'a' });
    expect(found.map((problem) => problem.code)).toEqual(['more-than-two-servers']);
    const circle = check('p a b c', 'p>a a>b b>c c>a', { a: 'c' });
    expect(circle.map((problem) => problem.code)).toContain('refresh-cycle');
    expect(circle.find((problem) => problem.code === 'refresh-cycle')?.fix).toContain('refresh_from of a');
  });

  it('refuses two primaries in one part, and says which link decides', () => {
    const found = check('a b c', 'a>c b>c').filter((problem) => problem.severity === 'error');
    expect(found).toMatchObject([{ code: 'several-primaries' }]);
    expect(found[0]?.fix).toContain('b → c');
    expect(codes('a b c', 'a>c c>b')).not.toContain('several-primaries');
  });

  it('warns of parts that no link joins', () => {
    expect(codes('a b c d', 'a>b c>d')).toContain('fleet-in-parts');
    expect(codes('a b c', 'a>b')).toContain('fleet-in-parts');
  });

  it('flags one-way links', () => {
    expect(check('a b', 'a-b')).toMatchObject([
      { code: 'one-way-link', severity: 'info', server: 'b', where: { link: 'a → b' } },
    ]);
  });
});
