import type { FleetEvent } from '../../../shared/events/fleet-event';
import { eventWords } from '../../../shared/events/words';
import { onOneLine } from '../../../shared/base/escape-controls';
import type { Paint } from './paint';

/** An event as a line for a person: when (UTC), and what happened. */
export const eventText = (event: FleetEvent, paint: Paint): string =>
  `${paint.quiet(new Date(event.at).toISOString().slice(0, 19))} ${onOneLine(eventWords(event))}`;
