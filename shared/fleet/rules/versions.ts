import { versionOf } from '../../observed/observed-config';
import type { Problem } from '../../base/problem';
import { joinNames } from '../../base/join-names';
import { untoldRounds } from '../../kanidmd/untold-rounds';
import { ruleProblems, type Words } from './words';
import type { FleetView, ObservedView } from './view';

/** Rules about programs and clocks. */
export const words = {
  'versions-differ': {
    severity: 'warning',
    what: 'servers run different versions.',
    why: 'replication pauses when domain levels differ.',
    fix: 'upgrade all, close together.',
    from: 'reported (Kanidm issue 2630)',
    source: 'kanidm.md, "Rules to check" (Kanidm issue 2630)',
  },
  'versions-far-apart': {
    severity: 'warning',
    what: 'versions more than one minor apart.',
    why: 'Kanidm upgrades one minor at a time.',
    fix: 'upgrade in steps.',
    from: 'Kanidm’s book',
    source: 'kanidm.md, "Rules to check": one minor at a time',
  },
  'domain-levels-differ': {
    severity: 'warning',
    what: 'the databases are at different domain levels.',
    why: 'pulls pause, and a refresh of the lower one fails.',
    fix: 'finish the upgrade before refreshing anyone.',
    from: 'measured',
    source: 'kanidm.md, "What the lines mean": versions differ',
  },
  'restart-is-an-upgrade': {
    severity: 'error',
    what: 'the running kanidmd is not the one on disk.',
    why: 'any restart would upgrade the database, in the middle of a deploy.',
    fix: 'back up and restart it yourself first.',
    from: 'measured',
    source: 'kanidm.md, "version"',
  },
  'rounds-not-told': {
    severity: 'warning',
    what: 'kanidmd does not tell of its rounds at the level its log has.',
    why: 'no pull of this server can be proved, so none turns green and no deploy of one ends well.',
    fix: 'log_level = "debug" in its server.toml, or an upgrade.',
    from: 'Kanidm’s source',
    source: 'kanidm.md, "Rounds"',
  },
  'clock-skew': {
    severity: 'error',
    what: 'a clock is more than 600 seconds from the others.',
    why: 'Kanidm refuses changes from further ahead.',
    fix: 'synchronise it by NTP.',
    from: 'Kanidm’s source',
    source: 'kanidm.md, "Rules to check": under 600 s',
  },
  'clock-drifts': {
    severity: 'warning',
    what: 'a clock is more than a minute off.',
    why: 'it is plainly not synchronised, and drifts on.',
    fix: 'synchronise it by NTP.',
    from: 'design',
    source: 'kanidm.md, "Rules to check": under 600 s',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [runningVersions, versions, domainLevels, rounds, clocks].flatMap((rule) => rule(view));

/** Kanidm: no further apart than this, in milliseconds (`kanidm.md`, "Rules to check"). */
const LARGEST_SKEW = 600_000;
/** Where a clock plainly is not synchronised. */
const NOTABLE_SKEW = 60_000;

/** The running program is the one on disk: else any restart is an upgrade. */
function runningVersions({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const running = observed.facts?.runningVersion ?? observed.log?.runningVersion ?? null;
    const onDisk = observed.versionOnDisk;
    if (observed.state !== 'running' || running === null || onDisk === null || running === onDisk) return [];
    return [
      ruleProblem(
        'restart-is-an-upgrade',
        id,
        `${id} runs kanidmd ${running}, but ${onDisk} is on disk: a restart would change the version of its database.`,
        `Back up and restart ${id} yourself first, so that the upgrade is not part of a deploy.`,
      ),
    ];
  });
}

/** One version in the fleet. */
function versions({ servers }: FleetView): readonly Problem[] {
  const groups = group(servers, ({ observed }) => versionOf(observed));
  if (groups.length < 2) return [];
  const minors = groups.flatMap(([version]) => minorOf(version) ?? []);
  const apart = Math.max(...minors) - Math.min(...minors) > 1;
  return [
    ruleProblem(
      apart ? 'versions-far-apart' : 'versions-differ',
      null,
      `The servers run ${apart ? 'versions of Kanidm that are more than one minor version apart' : 'different versions of Kanidm'}: ${describe(groups)}.`,
      'Upgrade all to the same version, one minor version at a time and close together.',
      {},
      { servers: groups.flatMap(([, ids]) => ids) },
    ),
  ];
}

/** One domain level in a domain; replication pauses otherwise. */
function domainLevels({ servers }: FleetView): readonly Problem[] {
  const groups = group(servers, ({ observed }) => observed.domain?.level?.toString() ?? null);
  if (groups.length < 2) return [];
  return [
    ruleProblem(
      'domain-levels-differ',
      null,
      `The servers are at different domain levels: ${describe(groups)}; pulls pause and refreshes of the lower one fail.`,
      'Finish the upgrade on all of them before refreshing any.',
      {},
      { servers: groups.flatMap(([, ids]) => ids) },
    ),
  ];
}

/** Whether a round may be seen: a log that shows one tells of them. */
function rounds({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed }) => {
    const pulls = topology.pulls.some(({ consumer }) => consumer === id);
    const tells = (observed.log?.rounds.length ?? 0) > 0;
    const untold = pulls && !tells ? untoldRounds(id, versionOf(observed)) : null;
    return untold === null ? [] : [ruleProblem('rounds-not-told', id, untold.cause, untold.fix)];
  });
}

/**
 * Clocks within reach of each other. Measured against the middle one; of two, against the one nearer to our own clock;
 * a server alone, against ours.
 */
function clocks({ servers }: FleetView): readonly Problem[] {
  const offsets = servers.flatMap(({ wanted: { id }, observed }) => {
    const offset = observed.facts?.clockOffsetMs ?? null;
    return offset === null ? [] : [{ id, offset }];
  });
  const reference = offsets.length === 1 ? 0 : middle(offsets.map(({ offset }) => offset));
  return offsets.flatMap(({ id, offset }) => {
    const skew = offset - reference;
    const apart = Math.abs(skew);
    if (apart <= NOTABLE_SKEW) return [];
    const code = apart > LARGEST_SKEW ? 'clock-skew' : 'clock-drifts';
    const limit = code === 'clock-skew' ? '; Kanidm refuses changes from over 600 seconds ahead' : '';
    return [
      ruleProblem(
        code,
        id,
        `The clock of ${id} is ${duration(apart)} ${skew > 0 ? 'ahead' : 'behind'}${limit}.`,
        `Synchronise ${id} by NTP (for example with chrony or systemd-timesyncd).`,
      ),
    ];
  });
}

/** 10 of `1.10.5`, 1 of `1.1.0-rc.16`; null: another form. */
function minorOf(version: string): number | null {
  const minor = /^1\.(\d+)\./.exec(version)?.[1];
  return minor === undefined ? null : Number(minor);
}

function group(
  servers: readonly ObservedView[],
  by: (server: ObservedView) => string | null,
): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const server of servers) {
    const key = by(server);
    if (key === null) continue;
    const ids = groups.get(key);
    if (ids) ids.push(server.wanted.id);
    else groups.set(key, [server.wanted.id]);
  }
  return [...groups];
}

const describe = (groups: readonly [string, string[]][]): string =>
  groups.map(([value, ids]) => `${value} on ${joinNames(ids)}`).join('; ');

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => (values.length === 2 ? Math.abs(a) - Math.abs(b) : a - b));
  return sorted[values.length === 2 ? 0 : Math.floor(values.length / 2)] ?? 0;
}

const duration = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} minutes`;
