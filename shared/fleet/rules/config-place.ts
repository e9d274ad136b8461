import type { ConfigFixed } from '../../observed/observed';
import type { Problem } from '../../base/problem';
import { ruleProblems, type Words } from './words';
import type { FleetView } from './view';

export const words = {
  'config-read-only': {
    severity: 'error',
    what: 'server.toml over SSH cannot be replaced where it lies: a read-only mount, a file mounted alone, `chattr +i`, a file of a Nix or Guix store, also behind a link.',
    why: 'the deploy would stop half-way.',
    fix: 'make the change where the file comes from, or let the unit read a file that may be replaced.',
    from: 'design',
    source: 'design.md, "Deploying", 1: what cannot be written blocks its steps',
  },
} as const satisfies Words;

const ruleProblem = ruleProblems(words);

/**
 * A server.toml over SSH that cannot be replaced where it lies, known before anything is tried; `containers.ts` says the
 * same of containers. Only servers that are in a link are judged; nothing is written to the others.
 */
export function check({ servers, topology }: FleetView): readonly Problem[] {
  return servers.flatMap(({ wanted: { id }, observed: { facts } }) => {
    const fixed = facts?.configFixed ?? null;
    if (facts === null || fixed === null || topology.linksOf(id).length === 0) return [];
    const path = facts.configPath;
    const file = fixed.file === path ? path : `${path}, which leads to ${fixed.file},`;
    return [
      ruleProblem(
        'config-read-only',
        id,
        `${file} ${reasons[fixed.how]}, so Kanilink cannot replace it.`,
        fixes[fixed.how],
        {
          server: id,
          file: path,
        },
      ),
    ];
  });
}

const reasons: Readonly<Record<ConfigFixed['how'], string>> = {
  'read-only': 'lies on a file system that is mounted read-only',
  'mounted-alone': 'is mounted as a single file',
  immutable: 'is marked immutable (chattr +i), or its folder is',
  store: 'belongs to a store whose files never change (Nix, Guix)',
};

const elsewhere =
  'Make the change where the file comes from, or let the unit read a file that may be replaced.';
const fixes: Readonly<Record<ConfigFixed['how'], string>> = {
  'read-only': `Mount its folder writable. ${elsewhere}`,
  'mounted-alone': `Mount its folder instead of the file. ${elsewhere}`,
  immutable: `Take the mark away: chattr -i. ${elsewhere}`,
  store: `Write the tables into the system’s own configuration (services.kanidm.server.settings on NixOS). ${elsewhere}`,
};
