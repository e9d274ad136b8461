import { z } from 'zod';
import { fleetGlance, fleetHistory, historyBound, stretch } from '../history/history';
import { ask, nothing } from './ask';
import { fleetText } from './values';

/** Questions of what was kept of fleets over time. None asks a server. */
export const historyAsks = {
  /** A stretch of a fleet's history; what stands in the way of keeping it is its `trouble`. */
  'history.read': ask('engine', z.object({ fleet: fleetText, stretch }), fleetHistory),
  /** How much is kept from now on, of all fleets. */
  'history.bound': ask('engine', z.object({ bound: historyBound }), nothing),
  /** Fleet files as their last watch left them. */
  'history.glances': ask('engine', nothing, z.array(fleetGlance).max(100)),
} as const;
