import { isAnonymous, mountAt } from '../../observed/container-mounts';
import type { ContainerFacts, ObservedServer } from '../../observed/observed';
import { databaseOf } from '../../observed/observed-config';
import type { Problem } from '../../base/problem';
import { words } from './container-words';
import { ruleProblems } from './words';
import type { FleetView, ObservedView } from './view';

export { words };

const ruleProblem = ruleProblems(words);

/**
 * What about a server's container would stop a deploy, or lose its work later: known before anything is tried. Only
 * containers of servers that are in a link are judged; nothing is written to the others.
 */
export function check({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap((server) => {
    const container = server.observed.facts?.container;
    if (container === undefined || topology.linksOf(server.wanted.id).length === 0) return [];
    return [
      ...whyEndsWithStop(server.observed, container),
      ...manager(server, container),
      ...configPlace(server, container),
      ...owner(server, container),
      ...databasePlace(server, container),
    ];
  });
}

/**
 * A container whose end is the end of what it holds. Nothing of it is planned, a restart that is asked for included.
 * @returns at most one problem.
 */
export function whyEndsWithStop(
  observed: ObservedServer,
  { autoRemoved, mounts, configOn }: ContainerFacts,
): readonly Problem[] {
  const { id } = observed;
  if (!autoRemoved) return [];
  const database = databaseOf(observed);
  const lost =
    mounts.some(isAnonymous) ||
    configOn === 'layer' ||
    (database !== null && mountAt(mounts, database) === null);
  if (observed.facts?.manager === 'podman-systemd' && !lost) return [];
  return [
    ruleProblem(
      'container-auto-removed',
      id,
      `The container of ${id} was made with --rm: when it ends, the engine removes it${lost ? ', and what of server.toml and database lies in it or on a volume without a name' : ''}.`,
      'Make it again without --rm, with server.toml and database on named volumes or folders of the host.',
    ),
  ];
}

function manager({ wanted: { id }, observed }: ObservedView, container: ContainerFacts): readonly Problem[] {
  switch (observed.facts?.manager) {
    case 'kubernetes':
      return [
        ruleProblem(
          'container-kubernetes',
          id,
          `Kubernetes manages the container of ${id}, so Kanilink only looks at it.`,
          'Make the change in what Kubernetes deploys; it would undo anything else.',
        ),
      ];
    case 'swarm':
      return [
        ruleProblem(
          'container-swarm',
          id,
          `A Docker swarm manages the container of ${id}, so Kanilink only looks at it.`,
          'Make the change in the service of the swarm, which would start another container in its place.',
        ),
      ];
    case 'podman-systemd':
      return container.unitInReach
        ? []
        : [
            ruleProblem(
              'container-systemd-out-of-reach',
              id,
              `The container of ${id} is run by the systemd unit ${container.unit ?? ''}, which cannot be restarted over this endpoint.`,
              'Use ssh://user@host, or the engine’s socket on this machine, as its endpoint.',
            ),
          ];
    case 'compose':
      return [
        ruleProblem(
          'container-compose',
          id,
          `Docker Compose (project ${container.composeProject ?? 'unknown'}) made the container of ${id}.`,
          'Make sure that a recreate keeps its server.toml and its database: both on volumes, no server.toml copied in from elsewhere.',
        ),
      ];
    default:
      return [];
  }
}

function configPlace(
  { wanted: { id }, observed }: ObservedView,
  container: ContainerFacts,
): readonly Problem[] {
  const path = observed.facts?.configPath ?? 'server.toml';
  const where = { server: id, file: path };
  switch (container.configOn) {
    case 'read-only':
      return [
        ruleProblem(
          'container-read-only',
          id,
          `${path} is mounted read-only into the container of ${id}, so it cannot be replaced.`,
          'Mount its folder writable, or make the change by hand where the file comes from.',
          where,
        ),
      ];
    case 'tmpfs':
      return [
        ruleProblem(
          'container-config-on-tmpfs',
          id,
          `${path} of ${id} lies in memory (tmpfs) and is gone after its restart.`,
          'Put it on a volume or a folder of the host.',
          where,
        ),
      ];
    case 'layer':
      return [
        ruleProblem(
          'container-config-not-mounted',
          id,
          `${path} of ${id} lies in the container itself: recreating the container loses it.`,
          'Put it on a volume or a folder of the host before you next recreate the container.',
          where,
        ),
      ];
    case 'single-file':
      return [
        ruleProblem(
          'container-config-single-file',
          id,
          `${path} is mounted into the container of ${id} as a single file.`,
          'It is replaced on the host through a helper container; to be rid of that, mount its folder.',
          where,
        ),
      ];
    case 'mount':
    case null:
      return [];
  }
}

function owner(
  { wanted: { id }, observed }: ObservedView,
  { ownerKnown }: ContainerFacts,
): readonly Problem[] {
  const path = observed.facts?.configPath ?? 'server.toml';
  if (ownerKnown !== false) return [];
  return [
    ruleProblem(
      'container-owner-unknown',
      id,
      `Podman does not tell whom ${path} of ${id} belongs to, so it cannot be replaced with its owner kept.`,
      'Use Podman’s socket on this machine or ssh://user@host as its endpoint, with server.toml on a mount.',
      { server: id, file: path },
    ),
  ];
}

function databasePlace(
  { wanted: { id }, observed }: ObservedView,
  { mounts }: ContainerFacts,
): readonly Problem[] {
  const path = databaseOf(observed);
  if (path === null) return [];
  const mount = mountAt(mounts, path);
  if (mount !== null && isAnonymous(mount))
    return [
      ruleProblem(
        'container-database-anonymous',
        id,
        `The database of ${id}, ${path}, lies on a volume without a name.`,
        'Move it to a named volume or a folder of the host before you next recreate the container.',
        { server: id, file: path },
      ),
    ];
  if (mount !== null && mount.type !== 'tmpfs') return [];
  return [
    ruleProblem(
      'container-database-not-mounted',
      id,
      `The database of ${id}, ${path}, lies in the container itself: recreating the container loses it.`,
      'Move it to a volume or a folder of the host before you next recreate the container.',
      { server: id, file: path },
    ),
  ];
}
