import type { Problem, Severity } from '../../problem';
import type { Place } from '../../result';

/**
 * Every rule a fleet is checked by: how much it matters, and where it comes from. An error about a server holds back
 * the steps that touch or need it; an error about the fleet (no server named) blocks the whole plan (`design.md`,
 * "Deploying", 1). So what a deploy itself repairs is never an error.
 */
export const ruleTable = {
  // The drawn graph
  'no-servers': ['info', 'design.md, "The fleet file"'],
  'no-links': ['info', 'design.md, "The fleet file"'],
  ring: ['error', 'design.md: a directed ring has no primary'],
  'refresh-cycle': ['error', 'kanidm.md, "Refresh erases", 1'],
  'several-primaries': ['error', 'design.md: the primary is the one server that is no link’s consumer'],
  'fleet-in-parts': ['warning', 'kanidm.md, "Rules to check": every node in one connected graph'],
  'more-than-two-servers': ['warning', 'kanidm.md, "Rules to check" (Kanidm issue 4530)'],
  'single-point-of-failure': ['info', 'kanidm.md, "Rules to check"'],
  'one-way-link': ['info', 'kanidm.md, "Rules to check"'],
  // What could be seen
  'server-twice': ['error', 'design.md, "The fleet file": a server is in it once'],
  'server-unreachable': ['error', 'design.md, "Deploying", 1'],
  'server-stopped': ['error', 'design.md, "Deploying", 1'],
  'not-checked': ['info', 'design.md: never show green when it isn’t'],
  // Addresses
  'no-origin': ['error', 'design.md, "The fleet file"'],
  'same-origin': ['error', 'kanidm.md, "server.toml": one origin per node'],
  'origin-is-address': ['warning', 'kanidm.md, "server.toml"'],
  'loopback-bind': ['error', 'kanidm.md, "server.toml" (Kanidm issue 2970)'],
  'loopback-bind-default': ['warning', 'kanidm.md, "server.toml": the default is 127.0.0.1:8444'],
  'loopback-bind-chosen': ['warning', 'kanidm.md, "server.toml" (Kanidm issue 2970)'],
  'bind-port-differs': ['info', 'kanidm.md, "server.toml"'],
  'port-not-published': ['warning', 'kanidm.md, "Health": not published'],
  'environment-contradicts': ['error', 'kanidm.md, "server.toml": env overrides'],
  'environment-overrides': ['info', 'kanidm.md, "server.toml": env overrides'],
  // Containers: what a deploy could not do, or a recreation would lose
  'container-read-only': ['error', 'design.md, "Deploying", 1: what cannot be written blocks its steps'],
  'container-config-on-tmpfs': ['error', 'kanidm.md, "Rules to check": config and database lie on mounts'],
  'container-config-not-mounted': [
    'warning',
    'kanidm.md, "Rules to check": config and database lie on mounts',
  ],
  'container-database-not-mounted': [
    'warning',
    'kanidm.md, "Rules to check": config and database lie on mounts',
  ],
  'container-config-single-file': ['info', 'design.md, "The seam to a server": a config mounted alone'],
  'container-owner-unknown': ['error', 'design.md, "The seam to a server": replaceFile keeps the owner'],
  'container-kubernetes': ['error', 'kanidm.md, "Rules to check": Kubernetes is read only'],
  'container-compose': ['warning', 'kanidm.md, "Rules to check": a recreate must keep the files'],
  'container-systemd-out-of-reach': ['error', 'kanidm.md, "Rules to check": restart through systemd'],
  // The way to a server
  'ssh-config-left-out': ['info', 'design.md, "The path data takes": nothing is followed by guess'],
  // Versions and clocks
  'versions-differ': ['warning', 'kanidm.md, "Rules to check" (Kanidm issue 2630)'],
  'versions-far-apart': ['warning', 'kanidm.md, "Rules to check": one minor at a time'],
  'domain-levels-differ': ['warning', 'kanidm.md, "Health": versions differ'],
  'restart-is-an-upgrade': ['error', 'kanidm.md, "Commands": version'],
  'clock-skew': ['error', 'kanidm.md, "Rules to check": under 600 s'],
  'clock-drifts': ['warning', 'kanidm.md, "Rules to check": under 600 s'],
  // Certificates
  'certificate-expired': ['error', 'kanidm.md, "Rules to check"'],
  'certificate-not-yet-valid': ['error', 'kanidm.md, "Rules to check"'],
  'certificate-expires-soon': ['warning', 'kanidm.md, "Rules to check": warn 30 days before'],
  // A warning: a deploy renews it.
  'certificate-for-other-name': ['warning', 'kanidm.md, "Rules to check": SAN equals the origin’s host'],
  'certificate-name': ['error', 'kanidm.md, "Health": NotValidForNameContext'],
  // A warning: no deploy gets past the test of a copy of the file, which says the same.
  'pin-unreadable': ['warning', 'kanidm.md, "server.toml": bad certificates refuse to start'],
  'pin-differs': ['warning', 'kanidm.md, "Rules to check": pinned equals live'],
  // Partners in the servers' own files
  'unknown-partner': ['warning', 'design.md: kept and shown as drift'],
  'second-table': ['warning', 'design.md: at most one link per pair, the rest is shown as drift'],
  'link-one-sided': ['warning', 'kanidm.md, "Rules to check": one-way pairs flagged'],
  'link-useless': ['warning', 'design.md: what cannot be expressed is shown as drift'],
  'link-not-deployed': ['info', 'design.md, "The path data takes"'],
  'link-differs': ['info', 'design.md, "The path data takes"'],
  'automatic-refresh-on-primary': ['warning', 'kanidm.md, "Refresh erases", 2: never on the primary'],
  'partner-name-not-found': ['warning', 'kanidm.md, "Rules to check": resolvable partner names'],
  'automatic-refresh-several-suppliers': ['warning', 'kanidm.md, "Refresh erases", 2'],
  // Domains
  'domain-names-differ': ['warning', 'kanidm.md, "Rules to check": same domain on every node'],
  'https-origin-outside-domain': ['warning', 'kanidm.md, "Rules to check": HTTPS origin equal or below it'],
  'primary-looks-new': ['error', 'kanidm.md, "Refresh erases", 4'],
  'primary-outvoted': ['error', 'kanidm.md, "Refresh erases", 4'],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>;

export type RuleCode = keyof typeof ruleTable;

/** What a finding concerns beside the one server and the one link it names. */
export interface Concerned {
  readonly servers?: readonly string[];
  readonly links?: readonly string[];
}

/** A finding of one rule: its severity comes from the table. */
export function finding(
  code: RuleCode,
  server: string | null,
  message: string,
  fix: string,
  where: Place = server === null ? {} : { server },
  concerned: Concerned = where.link === undefined ? {} : { links: [where.link] },
): Problem {
  return { severity: ruleTable[code][0], code, server, ...concerned, message, fix, where };
}
