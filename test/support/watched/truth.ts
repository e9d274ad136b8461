import { neverSent } from './data';
import type { WatchedWorld } from './world';

/** What is claimed of a fleet by its green. */
export type Claim =
  /** A change made on the supplier arrives at the consumer. */
  | { readonly kind: 'arrives'; readonly consumer: string; readonly supplier: string }
  /** What the supplier holds, the consumer holds or will be sent. */
  | { readonly kind: 'whole'; readonly consumer: string; readonly supplier: string }
  /** It shows the certificate on its disk, and anonymous logs in. */
  | { readonly kind: 'serves'; readonly server: string }
  /** A session made on one is good on the other. */
  | { readonly kind: 'sessions'; readonly madeOn: string; readonly shownTo: string };

/** Whether a claim is true at this moment. */
export function isTrue(world: WatchedWorld, claim: Claim): boolean {
  switch (claim.kind) {
    case 'arrives':
      return isUp(world, claim.consumer) && world.replicates(claim.consumer, claim.supplier);
    case 'whole':
      return !neverSent(world.at(claim.consumer).data, world.at(claim.supplier).data).some((it) =>
        world.writes.has(it),
      );
    case 'serves':
      return serves(world, claim.server);
    case 'sessions': {
      const [from, to] = [world.at(claim.madeOn), world.at(claim.shownTo)];
      const both = isUp(world, claim.madeOn) && isUp(world, claim.shownTo);
      // Of a session that was made; whether another one can be made says `serves`.
      return both && to.logins !== 'strangers' && from.data.domain === to.data.domain;
    }
  }
}

const isUp = (world: WatchedWorld, id: string): boolean => world.at(id).server.state === 'running';

function serves(world: WatchedWorld, id: string): boolean {
  const { logins, webOnDisk, webServed } = world.at(id);
  const works = logins === 'work' || logins === 'strangers';
  return isUp(world, id) && works && webOnDisk === webServed;
}
