import { describe, expect, it } from 'vitest';
import { readFleet } from '../../shared/fleet/read/read-fleet';
import { automaticRefreshRule } from './automatic-refresh';
import { linkPath } from './link-path';
import { placeServers } from './place-servers';

const server = (id: string, more = ''): string =>
  `[[server]]\nid = "${id}"\nconnect = "ssh"\nendpoint = "ssh://${id}"\norigin = "repl://${id}.example.com:8444"\n${more}\n`;
const fleetOf = (...parts: string[]) => {
  const { fleet } = readFleet(`version = 1\nname = "x"\n${parts.join('')}`, null);
  if (!fleet) throw new Error('the fleet of a test must be readable');
  return fleet;
};
const idOf = (fleet: ReturnType<typeof fleetOf>, at: number) => {
  const found = fleet.servers[at];
  if (!found) throw new Error('no such server');
  return found.id;
};

describe('automatic refresh', () => {
  const three = [server('a'), server('b'), server('c')];

  it('is allowed where the consumer has this one supplier', () => {
    const fleet = fleetOf(...three);
    const link = { supplier: idOf(fleet, 0), consumer: idOf(fleet, 1), mutual: true };
    expect(automaticRefreshRule(fleet, link).allowed).toBe(true);
  });

  it('is refused where the consumer pulls from another too, also through a mutual link it supplies', () => {
    const fleet = fleetOf(...three, '[[link]]\nsupplier = "b"\nconsumer = "c"\n');
    const link = { supplier: idOf(fleet, 0), consumer: idOf(fleet, 1), mutual: true };
    expect(automaticRefreshRule(fleet, link)).toMatchObject({ allowed: false });
    expect(automaticRefreshRule(fleet, link).reason).toContain('b pulls from');
  });

  it('is allowed again when that other link is one way', () => {
    const fleet = fleetOf(...three, '[[link]]\nsupplier = "b"\nconsumer = "c"\nmutual = false\n');
    const link = { supplier: idOf(fleet, 0), consumer: idOf(fleet, 1), mutual: true };
    expect(automaticRefreshRule(fleet, link).allowed).toBe(true);
  });

  it('judges a link that exists by what it would be, not twice', () => {
    const fleet = fleetOf(...three, '[[link]]\nsupplier = "a"\nconsumer = "b"\n');
    const link = { supplier: idOf(fleet, 0), consumer: idOf(fleet, 1), mutual: true };
    expect(automaticRefreshRule(fleet, link).allowed).toBe(true);
  });
});

describe('places', () => {
  it('are the file’s, and free ones for the rest', () => {
    const fleet = fleetOf(server('a', 'position = { x = 0, y = 0 }'), server('b'), server('c'));
    const places = placeServers(fleet);
    expect(places.get('a')).toEqual({ x: 0, y: 0 });
    expect(new Set([...places.values()].map((place) => `${place.x},${place.y}`)).size).toBe(3);
  });

  it('of the file that lie on each other are drawn beside each other: nobody hides', () => {
    const at = 'position = { x = 100, y = 50 }';
    const places = placeServers(fleetOf(server('a', at), server('b', at), server('c', at)));
    expect(places.get('a')).toEqual({ x: 100, y: 50 });
    const all = [...places.values()];
    for (const [index, a] of all.entries())
      for (const b of all.slice(index + 1))
        expect(Math.abs(a.x - b.x) >= 216 || Math.abs(a.y - b.y) >= 84).toBe(true);
  });

  it('never overlap, however many servers there are', () => {
    const ids = Array.from({ length: 20 }, (_, n) => `s${n}`);
    const places = [...placeServers(fleetOf(...ids.map((id) => server(id)))).values()];
    for (const [index, a] of places.entries())
      for (const b of places.slice(index + 1))
        expect(Math.abs(a.x - b.x) >= 216 || Math.abs(a.y - b.y) >= 90).toBe(true);
  });
});

describe('the line of a link', () => {
  const box = (x: number, y: number) => ({ x, y, width: 200, height: 80 });
  const start = (path: string): string => /^M([\d.-]+),([\d.-]+)/.exec(path)?.slice(1).join() ?? '';

  it('leaves at the side that faces the other server', () => {
    expect(start(linkPath(box(0, 0), box(500, 0)).path)).toBe('211,40');
    expect(start(linkPath(box(500, 0), box(0, 0)).path)).toBe('497,40');
    expect(start(linkPath(box(0, 0), box(20, 400)).path)).toBe('100,83');
    expect(start(linkPath(box(20, 400), box(0, 0)).path)).toBe('120,397');
  });

  it('goes round a server that lies between, with its label in sight, in rows, columns and askew', () => {
    const rows = [
      [box(0, 0), box(440, 0), box(880, 0)],
      [box(0, 0), box(0, 210), box(0, 420)],
      [box(0, 0), box(440, 30), box(880, 60)],
      [box(880, 0), box(440, 0), box(0, 0)],
    ] as const;
    for (const [first, between, last] of rows) {
      const straight = linkPath(first, last);
      const round = linkPath(first, last, [between]);
      expect(round.path).not.toBe(straight.path);
      const { labelX: x, labelY: y } = round;
      const isHidden = x > between.x - 60 && x < between.x + 260 && y > between.y - 13 && y < between.y + 93;
      expect(isHidden, `${x},${y}`).toBe(false);
    }
  });

  it('and goes straight where nothing lies between, or round all that do', () => {
    expect(linkPath(box(0, 0), box(500, 0), [box(0, 400)])).toEqual(linkPath(box(0, 0), box(500, 0)));
    const row = [box(440, 0), box(880, 0), box(440, -210), box(880, -210)];
    const { labelY } = linkPath(box(0, 0), box(1320, 0), row);
    expect(labelY).toBeGreaterThan(80 + 13);
  });

  it('runs the same way whichever end supplies, so that two links of a server stay apart', () => {
    const down = linkPath(box(0, 0), box(300, 300));
    const up = linkPath(box(300, 300), box(0, 0));
    expect(start(down.path)).toBe('100,83');
    expect(start(up.path)).toBe('297,340');
    expect(Math.round(down.labelX)).toBe(Math.round(up.labelX));
  });
});
