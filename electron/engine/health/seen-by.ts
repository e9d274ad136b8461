import type { Fleet } from '../../../shared/fleet/model/fleet';
import { ofThisPull } from '../../../shared/health/judge';
import { parseOrigin } from '../../../shared/base/origin';
import { serverId } from '../../../shared/base/names';
import type { ObservedServer } from '../../../shared/observed/observed';
import type { StatusReport } from '../../../shared/observed/status';
import type { WatchedMoment } from '../history/fleet-recorder';
import type { Reading } from './reading';
import { dialledNow } from './status';

/** What a watch saw, for what is kept of the fleet. @param now milliseconds since the epoch, our clock. */
export function seenBy(
  fleet: Fleet,
  answered: readonly { readonly observed: ObservedServer; readonly reading: Reading }[],
  report: StatusReport,
  now: number,
): WatchedMoment {
  const dialled = dialledNow(
    fleet,
    answered.map(({ observed }) => observed),
  );
  const readings = new Map<string, Reading>(answered.map((it) => [it.observed.id, it.reading]));
  return {
    ...{ name: fleet.name, report, now, complete: answered.length === fleet.servers.length },
    roundsOf: ({ consumer, supplier }) => {
      const reading = readings.get(consumer);
      const [mine, theirs] = [serverId(consumer), serverId(supplier)];
      const origin = mine && theirs && dialled({ consumer: mine, supplier: theirs });
      const parts = origin ? parseOrigin(origin) : null;
      // A clock that is doubted would date them wrong; they are still there once it was read again.
      if (!reading || reading.doubted || parts === null) return { rounds: [], offsetMs: 0 };
      const rounds = ofThisPull({
        ...{ supplierHost: parts.host, supplierPort: parts.port },
        ...{ consumerLog: reading.log, now: reading.now },
      });
      return { rounds, offsetMs: reading.clockOffsetMs };
    },
    startOf: (id) => {
      const reading = readings.get(id);
      if (!reading || reading.doubted || reading.state !== 'running') return null;
      const started = Math.max(reading.startedAt ?? 0, reading.log?.startedAt ?? 0);
      return started === 0 ? null : started / 1000 - reading.clockOffsetMs;
    },
  };
}
