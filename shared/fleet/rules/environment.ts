import { runsWith, versionOf } from '../../observed/observed-config';
import { sameOrigin } from '../../base/origin';
import type { Problem } from '../../base/problem';
import { whatCounts } from '../../server-config/effective-config';
import { ruleProblems, type Words } from './words';
import type { FleetView, ObservedView } from './view';

/** Rules about `KANIDM_*` variables of a server's unit or container. */
export const words = {
  'environment-contradicts': {
    severity: 'error',
    what: 'a `KANIDM_REPLICATION_…` variable says otherwise than the fleet file, and the server is of a version where the variable wins over server.toml (up to 1.5, and from 1.9 on).',
    why: 'a deploy would have no effect.',
    fix: 'remove it from the unit or container, or write the same value in the fleet file.',
    from: 'Kanidm’s source',
    source: 'kanidm.md, "Environment"',
  },
  'environment-overrides': {
    severity: 'info',
    what: 'such a variable is set and wins over server.toml; the fleet file does not contradict it, so the server is taken as it runs.',
    fix: 'remove it, so that the file says what is so.',
    from: 'measured',
    source: 'kanidm.md, "Environment"',
  },
  'environment-ignored': {
    severity: 'info',
    what: 'such a variable says otherwise than server.toml, and the server is of 1.6 to 1.8, where the file wins.',
    why: 'from 1.9 on the variable wins: an upgrade would change what the server does.',
    fix: 'remove it before you upgrade.',
    from: 'measured',
    source: 'kanidm.md, "Environment"',
  },
  'words-go-elsewhere': {
    severity: 'error',
    what: '`otel_grpc_url`, `otel_grpc_endpoint` or a `KANIDM_OTEL_GRPC_…` variable is set.',
    why: 'kanidmd then sends its log and the answers of its commands to OpenTelemetry and prints nothing, so nothing can be read and no deploy proved.',
    fix: 'remove it and restart the server.',
    from: 'measured',
    source: 'kanidm.md, "OpenTelemetry"',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/** All rules of this file. */
export const check = (view: FleetView): readonly Problem[] =>
  [environment, telemetry].flatMap((rule) => rule(view));

/** What of replication a variable sets, and what the fleet file or the server's own file says of it. */
const variables: readonly Variable[] = [
  {
    name: 'KANIDM_REPLICATION_ORIGIN',
    what: 'origin',
    wanted: ({ wanted }) => wanted.origin,
    written: ({ observed }) => observed.config?.replication?.origin ?? null,
    same: sameOrigin,
  },
  {
    name: 'KANIDM_REPLICATION_BINDADDRESS',
    what: 'bindaddress',
    wanted: ({ wanted }) => wanted.bindaddress,
    written: ({ observed }) => observed.config?.replication?.bindaddress ?? null,
    same: (a, b) => a === b,
  },
  {
    name: 'KANIDM_REPLICATION_TASK_POLL_INTERVAL',
    what: 'task_poll_interval',
    wanted: () => null,
    written: ({ observed }) => observed.config?.replication?.taskPollInterval.toString() ?? null,
    same: (a, b) => Number(a) === Number(b),
  },
];

interface Variable {
  readonly name: string;
  readonly what: string;
  readonly wanted: (server: ObservedView) => string | null;
  readonly written: (server: ObservedView) => string | null;
  readonly same: (a: string, b: string) => boolean;
}

/**
 * Variables beside the file. Which of the two counts, the version decides (`whatCounts`): where it is the variable, a
 * deploy cannot change what it sets; where it is the file, an upgrade to 1.9 makes the variable count.
 */
function environment({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap((server) =>
    variables.flatMap((variable) => {
      const value = server.observed.facts?.overrides[variable.name];
      return value === undefined ? [] : judge(server, variable, value);
    }),
  );
}

function judge(server: ObservedView, variable: Variable, value: string): readonly Problem[] {
  const { id } = server.wanted;
  const version = versionOf(server.observed);
  const counts = whatCounts(version);
  const written = variable.written(server);
  const set = `${variable.name}=${value} in the environment of ${id}`;
  if (counts === 'file only') return [];
  if (counts === 'file') {
    if (written === null || variable.same(value, written)) return [];
    return [
      ruleProblem(
        'environment-ignored',
        id,
        `${set} has no effect: kanidmd ${version ?? ''} takes the ${variable.what} ${written} of its file. From 1.9 on the variable counts.`,
        'Remove it before you upgrade.',
      ),
    ];
  }
  const wanted = variable.wanted(server);
  if (wanted !== null && !variable.same(value, wanted))
    return [
      ruleProblem(
        'environment-contradicts',
        id,
        `${set} wins over the ${variable.what} ${wanted} of the fleet file.`,
        `Remove ${variable.name} from the unit or container, or write the same value in the fleet file.`,
      ),
    ];
  const over = written === null || variable.same(value, written) ? '' : `, which says ${written}`;
  return [
    ruleProblem(
      'environment-overrides',
      id,
      `${set} wins over its file${over}.`,
      'Remove it, so that the file says what is so.',
    ),
  ];
}

/**
 * OpenTelemetry takes every word: kanidmd then prints neither its log nor what its commands answer (measured), so nothing
 * could be read, and no deploy proved.
 */
function telemetry({ servers }: FleetView): readonly Problem[] {
  return servers.flatMap((server) => {
    const collector = runsWith(server.observed)?.otelCollector ?? null;
    if (collector === null) return [];
    const { id } = server.wanted;
    const named = Object.keys(server.observed.facts?.overrides ?? {}).find((name) =>
      name.startsWith('KANIDM_OTEL_GRPC_'),
    );
    const inFile = server.observed.config?.otelCollector === collector;
    return [
      ruleProblem(
        'words-go-elsewhere',
        id,
        `kanidmd of ${id} sends its log, and what its commands answer, to OpenTelemetry (${collector}): Kanilink can read neither.`,
        inFile || named === undefined
          ? `Remove otel_grpc_url or otel_grpc_endpoint from the server.toml of ${id} and restart it.`
          : `Remove ${named} from the unit or container of ${id} and restart it.`,
      ),
    ];
  });
}
