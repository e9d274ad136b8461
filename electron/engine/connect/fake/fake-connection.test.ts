import { describe } from 'vitest';
import { fakeSeat } from '../../../../test/real/contract/fake-seat';
import { contractHolds } from '../../../../test/real/contract/holds';

// What unit tests of a deploy run over is held to what SSH and Docker are held to, by the very same tests.
describe('a server connection to a server in memory', () => contractHolds(fakeSeat));
