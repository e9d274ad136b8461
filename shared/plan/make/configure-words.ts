import type { Origin, ServerId } from '../../base/names';
import type { Partner } from '../../server-config/server-config';
import type { PlanContext } from './plan-context';
import type { PlannedChange } from '../steps/configure';

interface Words {
  readonly summary: string;
  readonly why: string;
  readonly requires?: readonly string[];
}

/** What a new server.toml says of itself to the person who reviews it. */
export const configureWords = {
  olderThanFile: 'kanidmd reads its file only at its start.',

  disarm: (id: ServerId): Words => ({
    summary: `Turn automatic_refresh off on ${id}`,
    why: 'Until its links are as drawn, a restart could make it erase itself from the wrong supplier.',
  }),

  cutOff: (id: ServerId): Words => ({
    summary: `Cut ${id} off until it is refreshed`,
    why: 'Several servers are to take other data: none of them may hand what it holds now to one that has been refreshed already.',
  }),

  prepare: (id: ServerId): Words => ({
    summary: `Set up replication on ${id}`,
    why: 'kanidmd creates its certificate once [replication] is configured.',
  }),

  prepareAndLink: (id: ServerId): Words => ({
    summary: `Set up replication on ${id} and write its links`,
    why: 'kanidmd creates its certificate once [replication] is configured; the partners’ certificates are already known.',
  }),

  newOrigin: (id: ServerId, origin: string): Words => ({
    summary: `Set up ${id} for its certificate of ${origin}`,
    why: `Partners dial ${origin}. The name of the certificate is taken from the origin in ${id}’s own file when it is renewed.`,
    requires: [`every partner of ${id} resolves the name in ${origin}`],
  }),

  eraseItself: (id: ServerId, source: ServerId): Words => ({
    summary: `Let ${id} pull from ${source}, and erase itself`,
    why: `With automatic_refresh it replaces its database with ${source}’s in its first round.`,
    requires: [`the backup of ${id} was read back`],
  }),

  oneSource: (id: ServerId, source: ServerId): Words => ({
    summary: `Let ${id} pull from ${source} only`,
    why: 'A server with several suppliers takes the data of whichever answers first; so it has one until it is refreshed.',
  }),

  otherLinks: (id: ServerId, source: ServerId): Words => ({
    summary: `Write ${id}’s other links`,
    why: `${id} holds ${source}’s data now: its other partners can no longer erase it.`,
    requires: [`${id} holds ${source}’s domain`],
  }),
};

/** The words of a step by what it changes: taking partners out, pinning them again, or drawing links. */
export function linkWords(
  id: ServerId,
  changes: readonly PlannedChange[],
  now: readonly Partner[],
  context: Pick<PlanContext, 'fleet' | 'ownerOf'>,
): Words {
  const gone = changes.flatMap((it) => (it.kind === 'remove-partner' ? [it.origin] : []));
  const pins = changes.flatMap((it) => (it.kind === 'pin-partner' ? [it] : []));
  const partners = [...new Set(pins.map((it) => it.of))];
  if (pins.length === 0 && gone.length > 0)
    return { summary: `Take ${gone.join(' and ')} out of ${id}’s links`, why: whyGone(id, gone, context) };
  const before = new Map(now.map((it) => [it.origin, it]));
  const anew = pins.every(({ partner }) => {
    const table = before.get(partner.origin);
    return table?.type === partner.type && table.automaticRefresh === partner.automaticRefresh;
  });
  if (anew && gone.length === 0 && pins.length > 0)
    return {
      summary: `Re-pin the certificate of ${partners.join(' and ')} on ${id}`,
      why: `${id} pins another certificate than ${partners.join(' and ')} will show, so no pull between them works.`,
    };
  const whom = partners.join(', ');
  return {
    summary: `Write ${id}’s links`,
    why:
      whom === ''
        ? `So that ${id}’s own settings are as the fleet file says.`
        : `So that ${whom} and ${id} know each other’s certificate and direction.`,
  };
}

function whyGone(id: ServerId, gone: readonly Origin[], { fleet }: Pick<PlanContext, 'fleet'>): string {
  const listed = gone.filter((origin) => fleet.removed.includes(origin));
  return listed.length > 0
    ? `${listed.join(' and ')} ${listed.length > 1 ? 'are' : 'is'} listed under [[removed]]; until the table is gone, ${id} keeps replicating with it.`
    : `No link between them is drawn.`;
}
