import { z } from 'zod';
import { shown, shownOnOneLine } from '../base/shown';
import { reportedCertificate } from '../certificates/certificate';

/** What is proved of a server's HTTPS. `unknown`: nothing speaks against it, and nothing was proved. */
export const servesState = z.enum(['serves', 'broken', 'unknown']);
export type ServesState = z.output<typeof servesState>;

const said = {
  /** One sentence: why; of what is well, what proves it. */
  cause: shown,
  /** One sentence: what to do; empty when nothing is to be done. */
  fix: shown,
  /** ISO 8601, this computer's clock: when it was looked at. */
  at: z.string(),
};

/** The certificate a server shows over HTTPS. */
const servedCertificate = reportedCertificate.unwrap().extend({
  /** It is the first one of the server's `tls_chain`. */
  isOnDisk: z.boolean(),
});

/** Whether a server serves: its certificate, `/status`, an anonymous login. */
const serverServes = z
  .object({
    server: z.string(),
    state: servesState,
    ...said,
    /** How an anonymous login ended; `unknown`: none was tried, or anonymous is refused. */
    login: z.enum(['works', 'fails', 'unknown']),
    /** Null: none was seen. */
    certificate: servedCertificate.readonly().nullable(),
    /** The name of its public origin: `idm.example.com`; null: it has none. */
    name: shownOnOneLine.nullable(),
  })
  .readonly();
export type ServerServes = z.output<typeof serverServes>;

/** What is proved of the logins of a pull, as of HTTPS. */
export const loginsState = z.enum(['good', 'broken', 'unknown']);
export type LoginsState = z.output<typeof loginsState>;

/** Whether a session made on the supplier of a pull is good on its consumer, and back where its changes come back. */
const pullLogins = z
  .object({
    consumer: z.string(),
    supplier: z.string(),
    state: loginsState,
    ...said,
  })
  .readonly();
export type PullLogins = z.output<typeof pullLogins>;

/** What was proved of the logins of a fleet. Rounds say nothing of it, and it says nothing of rounds. */
export const servesReport = z
  .object({
    servers: z.array(serverServes).readonly(),
    /** Of pulls that run. */
    logins: z.array(pullLogins).readonly(),
  })
  .readonly();
export type ServesReport = z.output<typeof servesReport>;
