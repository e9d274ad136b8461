import { contractReader } from '../bridge/contract-reader';
import { fleetReader } from '../document/fleet-reader';

/** For tests: what a window loads after its first paint is there when this is imported. */
await Promise.all([contractReader.load(), fleetReader.load()]);
