import type { Fleet } from '../model/fleet';
import type { Topology } from '../model/topology';
import type { Problem } from '../../base/problem';
import { drawnRules } from './registry';

/** Checks the drawn graph alone, before any server is asked. */
export const checkTopology = (fleet: Fleet, topology: Topology): readonly Problem[] =>
  drawnRules.flatMap((check) => check(fleet, topology));
