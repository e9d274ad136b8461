import '../base/no-eval';

/** What `fleet-reader.ts` loads: the functions of `shared/` that need schemas, or the rules of a fleet. */

export { kinds } from '../../shared/connect/kinds';
export { leftOf } from '../../shared/fleet/difference/left';
export { readLayers } from '../../shared/fleet/difference/read-layers';
export { addServer, addServers, newFleet } from '../../shared/fleet/edit/edit-fleet';
export { removeLink } from '../../shared/fleet/edit/edit-links';
export { readFleet } from '../../shared/fleet/read/read-fleet';
export { checkTopology } from '../../shared/fleet/rules/check-topology';
export { drawingCodes } from '../../shared/fleet/rules/registry';
export { kindOf as stepKindOf } from '../../shared/plan/steps/step';
export { entriesOf, problemsIn } from '../../shared/problems/entries';
