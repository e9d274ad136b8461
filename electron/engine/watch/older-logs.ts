import type { FleetServer } from '../../../shared/fleet/model/fleet';
import { whyUnreached } from '../base/why-unreached';
import { stepOf, type FleetText, type LogLineView } from '../../../shared/ipc';
import type { OlderLines, ReadingBack } from '../../../shared/ipc/older-lines';
import { MOST_OLDER_CHARACTERS, MOST_OLDER_LINES } from '../../../shared/ipc/older-bounds';
import { cutLine } from '../../../shared/ipc/log-cut';
import type { Fault, Result } from '../../../shared/base/result';
import type { Call } from '../base/call';
import type { Clock } from '../base/time';
import { unexpectedOf } from '../base/unexpected';
import type { LogBound, OlderLog } from '../connect/connection';
import { faultAt, serverNow } from '../deploy/deployment/deployment';
import { fleetFrom } from '../fleet/observe-fleet';
import { nothingSeen } from '../fleet/probe/probe-server';
import type { SeenServer } from '../fleet/server-probe';
import { gapAfter, viewOf } from './line-view';
import { LineGroups } from './line-groups';
import { originNaming } from './naming';
import { type Part, togetherOf } from './older-together';
import type { ServerWatches } from './server-watches';

/** How long one server's log is read back for, milliseconds. */
const READ_MS = 30_000;
/** A server that was looked at so lately is not looked at again for its log. Milliseconds. */
const KNOWN_MS = 10 * 60_000;
/** Of each server at least, however many there are: what is over is left out of the answer. */
const LEAST_LINES = 20;

/**
 * What servers logged before a time, by time. The servers' logs reach back unequally far: lines from before the time that
 * all were read back to are left out, and read again when the person goes further back, so that nothing is missing between.
 * @returns the first server's fault where none could be read.
 */
export async function olderLogs(
  text: FleetText,
  back: ReadingBack,
  { watches, clock }: { readonly watches: ServerWatches; readonly clock: Clock },
  call: Call,
): Promise<Result<OlderLines>> {
  const read = fleetFrom(text);
  if (!read.ok) return read;
  const { fleet } = read.value;
  const seen = await Promise.all(fleet.servers.map((server) => look(watches, server, text.path, call)));
  const answered = seen.flatMap(({ observed, site }) =>
    site === null ? [] : [[site.server.id, observed] as const],
  );
  const naming = originNaming(fleet, new Map(answered));
  const share = Math.max(1, fleet.servers.length);
  const bound: LogBound = {
    lines: Math.max(LEAST_LINES, Math.floor(MOST_OLDER_LINES / share)),
    characters: Math.floor(MOST_OLDER_CHARACTERS / share),
  };
  const readPart = async ({ observed, site }: SeenServer, server: FleetServer): Promise<Part> => {
    const where = { server: server.id };
    const nothing = (fault: Fault): Part => ({ ...where, lines: [], from: null, fault });
    try {
      if (site === null) return nothing(whyUnreached(server.id, observed.faults));
      const offset = stepOf((serverNow(site, clock) - clock.now()) * 1000);
      const place = back.servers.find((it) => it.server === server.id);
      const before = place?.clock === 'its' ? place.at : (place?.at ?? back.before) + offset;
      const older = await site.connection.logsBefore(before, {
        ...call,
        timeoutMs: READ_MS,
        ...bound,
        held: place?.key,
      });
      if (!older.ok) return nothing(faultAt(site, older));
      const lines = viewsOf(older.value, { consumer: server.id, ...naming }, offset);
      return { ...where, lines, from: minus(older.value.from, offset), fault: null };
    } catch (cause) {
      return nothing(unexpectedOf(server.id, 'reading its log back', cause));
    }
  };
  const parts = fleet.servers.map((server, index) =>
    readPart(seen[index] ?? { observed: nothingSeen(server), site: null }, server),
  );
  return togetherOf(await Promise.all(parts), back.before);
}

/** As it was seen lately; one that was not reached then is tried. */
async function look(watches: ServerWatches, server: FleetServer, path: string | null, call: Call) {
  const known = await watches.patient.observe(server, path, call, KNOWN_MS);
  return known.site === null ? watches.patient.observe(server, path, call) : known;
}

function viewsOf(
  { items }: OlderLog,
  context: Parameters<typeof viewOf>[1],
  offset: number,
): readonly LogLineView[] {
  const groups = new LineGroups();
  let last = { key: '', at: 0 };
  return items.flatMap((item) => {
    if (item.kind === 'gap')
      return last.at === 0 ? [] : [gapAfter(last, { server: context.consumer, offset, reason: item.reason })];
    last = { key: item.cursor, at: item.at };
    return [cutLine(viewOf(item, context, offset, groups))];
  });
}

const minus = (time: number | null, offset: number): number | null => (time === null ? null : time - offset);
