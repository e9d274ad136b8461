/** The ways a step is broken. */
export const faultKinds = [
  'killed-before',
  'killed-during',
  'killed-after',
  'connection-lost',
  'timed-out',
  'says-error-exits-0',
  'refuses-new-file',
  'disk-full',
  'file-changed',
  'server-stopped',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What is deployed: three fresh servers that are linked, or a renewal on three that are. */
export type BrokenJob = 'apply' | 'renew';

/** Breaks one step of a deploy in one way, once. */
export interface Fault {
  readonly step: string;
  readonly kind: FaultKind;
}

/** What the broken program asks of the world around it, and the world's answer when that is done. */
export type Wish = { readonly wish: 'cut' | 'stop' | 'change-file' | 'fill-disk'; readonly server: string };

/** What the program that deploys is told. */
export interface ChildOrder {
  readonly fleet: string;
  readonly home: string;
  readonly configDir: string;
  readonly erase: readonly string[];
  readonly job: BrokenJob;
  readonly fault: Fault;
}
