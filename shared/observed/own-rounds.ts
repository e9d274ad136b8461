import { parseOrigin } from '../base/origin';
import { withoutTrailing } from '../base/without-trailing';
import type { Round } from '../kanidmd/health';
import { type Partner, partnersOf, pulls, type ServerConfig } from '../server-config/server-config';
import type { ObservedServer } from './observed';

/*
 * What a process says of the configuration that it has read: the head of each round names whom it dials, and whether it has
 * `automatic_refresh` for them (`kanidm.md`, "Rounds"). A file says nothing of a process that was started before it.
 */

/**
 * When a process started is reckoned from clocks that are asked over the network, and files tell whole seconds: within this
 * of a start it is not known what came first. Milliseconds.
 */
export const CLOCKS_AGREE = 2000;

type Running = Pick<ObservedServer, 'log' | 'facts'>;

/** Rounds that the process that runs now has surely made. An older one may have made those until shortly after its start. */
const ownRounds = ({ log, facts }: Running): readonly Round[] => {
  const since = ((facts?.startedAt ?? 0) + CLOCKS_AGREE) * 1000;
  return log?.rounds.filter((it) => it.at > since && it.supplierHost !== '') ?? [];
};

/** A name may be printed with the dot at its end that an origin is read without. */
const isWithHost = ({ supplierHost }: Round, { type, origin }: Partner): boolean =>
  pulls(type) && parseOrigin(origin)?.host === withoutTrailing(supplierHost, '.');

const isWith = (round: Round, partner: Partner): boolean =>
  isWithHost(round, partner) &&
  (round.ports.length === 0 || round.ports.includes(parseOrigin(partner.origin)?.port ?? 0));

/** Whether its rounds are with whom its file does not name, or with another `automatic_refresh` than the file says. */
export function runsOtherFile(server: Running & Pick<ObservedServer, 'config'>): boolean {
  if (server.config === null) return false;
  const partners = partnersOf(server.config);
  // A name that is not read here may be any that kanidmd dials.
  const allRead = partners.every(({ origin }) => parseOrigin(origin) !== null);
  return ownRounds(server).some((round) => {
    if (!partners.some((it) => isWithHost(round, it))) return allRead;
    const tables = partners.filter((it) => isWith(round, it));
    return (
      round.automaticRefresh !== undefined &&
      tables.length > 0 &&
      tables.every((it) => it.automaticRefresh !== round.automaticRefresh)
    );
  });
}

/** Its file, with `automatic_refresh` where the process that runs has it besides, as its rounds say. */
export function withOwnFlags(server: Running, config: ServerConfig): ServerConfig {
  const { replication } = config;
  const automatic = ownRounds(server).filter((it) => it.automaticRefresh === true);
  if (replication === null || automatic.length === 0) return config;
  const partners = replication.partners.map((it) =>
    automatic.some((round) => isWith(round, it)) ? { ...it, automaticRefresh: true } : it,
  );
  return { ...config, replication: { ...replication, partners } };
}
