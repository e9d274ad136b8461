import { join } from 'node:path';
import { fleetText } from '../../real/docker/support/job';
import { ask, type Desk, keep, makeDesk } from './desk';
import type { Lab } from './lab';
import { type RealServer, startServer } from './server';
import type { Variant } from './variants';

/** Two real servers that are not linked, and a person who wants that. */
export interface Pair {
  readonly a: RealServer;
  readonly b: RealServer;
  readonly desk: Desk;
  /** The fleet file: idm-a supplies idm-b. */
  readonly fleet: string;
  /** `kanilink COMMAND FLEET … --json`, ending with this code, or one of these. */
  ask<T>(code: number | readonly number[], command: string, ...more: string[]): Promise<T>;
  /** Takes the containers away. */
  close(): Promise<void>;
}

/** Starts them; `name` becomes part of all names. @param link further lines of the `[[link]]` that is drawn */
export async function startPair(
  lab: Lab,
  variant: Variant,
  name: string = variant.id,
  link: string = '',
): Promise<Pair> {
  const [one, other] = [`${name}-a`, `${name}-b`];
  const hosts = { [`${one}.example.com`]: lab.address(), [`${other}.example.com`]: lab.address() };
  const [a, b] = await Promise.all([
    startServer(lab, variant, one, { hosts }),
    startServer(lab, variant, other, { hosts }),
  ]);
  const desk = makeDesk(join(lab.engine.folder, `desk-${name}`));
  const fleet = keep(desk, 'fleet.toml', fleetText(a.fleetLines, b.fleetLines).text + link);
  return {
    ...{ a, b, desk, fleet },
    ask: (code, command, ...more) => ask(desk, code, command, fleet, ...more),
    close: async () => {
      await lab.docker('rm', '--force', '--volumes', a.container, b.container);
    },
  };
}
