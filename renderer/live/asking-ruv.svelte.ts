import type { FleetText } from '../../shared/ipc';
import type { RuvReport, ServerRuv } from '../../shared/ruv/ruv';
import type { IpcClient } from '../bridge/ipc-client';
import { OneQuestion } from './one-question.svelte';
import type { Sight, Tone } from './pull-view';

/** One look at the RUVs of a fleet at a time, and what it brought. */
export class AskingRuv extends OneQuestion<'fleet.ruv'> {
  constructor(client: IpcClient) {
    super(client, 'fleet.ruv');
  }

  /** Asks, unless it is asked already. */
  readonly ask = (fleet: FleetText): Promise<void> => this.put({ fleet });
}

const tones = { read: 'good', 'went-back': 'bad', unknown: 'quiet' } as const;

/** Why a server's RUV was not read, and what that leaves open; null: it was, or nobody watches. */
export function whyNotRead({ live, report }: Pick<Sight, 'live' | 'report'>, id: string): ServerRuv | null {
  const row = live ? report?.ruv?.servers.find(({ server }) => server === id) : undefined;
  return row?.code === undefined ? null : row;
}

/** What a look says, servers first. */
export const ruvRows = ({
  servers,
  pulls,
}: RuvReport): readonly {
  readonly name: string;
  readonly tone: Tone;
  readonly cause: string;
  readonly fix: string;
}[] => [
  ...servers.map(({ server, state, cause, fix }) => ({ name: server, tone: tones[state], cause, fix })),
  ...pulls.map(({ consumer, supplier, changes, cause, fix }) => ({
    ...{ name: `${consumer} ← ${supplier}`, cause, fix },
    // What lacks something may get it with the next round: that is neither good nor bad.
    tone: changes === null ? ('quiet' as const) : changes === 0 ? ('good' as const) : ('new' as const),
  })),
];
