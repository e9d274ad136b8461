import { z } from 'zod';
import * as backup from './backup';
import * as compare from './compare';
import * as configure from './configure';
import * as putBack from './put-back';
import * as readCertificate from './read-certificate';
import * as refresh from './refresh';
import * as renewCertificate from './renew-certificate';
import * as restart from './restart';
import * as start from './start';
import * as verify from './verify';
import type { StepDescriptor } from './descriptor';

/** Every kind of step, in the order in which it is told what was done: its schema, and what it says of itself. */
const rows = {
  verify,
  'put-back': { schema: putBack.schema, kind: putBack.kind },
  configure,
  restart,
  start,
  'read-certificate': { schema: readCertificate.schema, kind: readCertificate.kind },
  'renew-certificate': { schema: renewCertificate.schema, kind: renewCertificate.kind },
  backup,
  refresh,
  compare,
};
type Schema = (typeof rows)[keyof typeof rows]['schema'];

/** One step of a plan, wherever it is: drawn up, shown, kept in a journal, printed. */
export const step = z.discriminatedUnion(
  'action',
  Object.values(rows).map(({ schema }) => schema) as [Schema],
);
export type Step = z.output<typeof step>;

/** The kind of a step alone. */
export const stepKind = z.enum(Object.keys(rows) as [keyof typeof rows]);
export type StepKind = Step['action'];

/** The same rows. One that does not stand under its own name does not compile. */
export const stepKinds: {
  readonly [K in StepKind]: { readonly kind: StepDescriptor<Extract<Step, { readonly action: K }>> };
} = rows;

/** What a step's kind says of it. */
export const kindOf = ({ action }: Pick<Step, 'action'>): StepDescriptor<Step> => stepKinds[action].kind;
