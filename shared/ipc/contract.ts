import { z } from 'zod';
import { findings, reach } from './adopt';
import { certificatesReport } from './certificates';
import { comparison } from './comparison';
import { foundContainer, foundContext } from './containers';
import { deployHistory } from '../plan/history';
import { job } from '../plan/job';
import {
  deployEvent,
  fault,
  fleetText,
  logLine,
  planView,
  result,
  serverReport,
  statusReport,
} from './values';

/**
 * The contract between the window and the rest: what may be asked, what streams, and what the engine asks a person.
 * Both ends are made from these schemas; nothing else crosses.
 */

const ask = <B extends 'engine' | 'app', Q extends z.ZodType, A extends z.ZodType>(
  by: B,
  question: Q,
  answer: A,
) => ({ by, question, answer: result(answer) });

const nothing = z.object({}).strict();
const theme = z.enum(['system', 'light', 'dark']);

/** Questions the window asks and gets one answer to. `by` says who answers: the engine, or the app (dialogs, settings). */
export const asks = {
  'fleet.load': ask(
    'engine',
    z.object({ path: z.string() }),
    z.object({ path: z.string(), text: z.string() }),
  ),
  /** `expect`: the text that was loaded or saved last; another one on disk is a fault, nothing is overwritten unseen. */
  'fleet.save': ask(
    'engine',
    z.object({ path: z.string(), text: z.string(), expect: z.string().nullable() }),
    z.object({ path: z.string() }),
  ),
  'server.test': ask('engine', z.object({ fleet: fleetText, server: z.string() }), serverReport),
  /** Servers no fleet describes yet: what they say of themselves and of each other. `fleetPath`: relative paths start there. */
  'servers.adopt': ask(
    'engine',
    z.object({ servers: z.array(reach).min(1).max(64), fleetPath: z.string().nullable() }),
    findings,
  ),
  'fleet.status': ask('engine', z.object({ fleet: fleetText }), statusReport),
  /** Without `job`: apply. */
  'fleet.plan': ask('engine', z.object({ fleet: fleetText, job: job.exactOptional() }), planView),
  /** The plan that was reviewed as Markdown, for a person to do by hand; a fault when planning again gives another. */
  'fleet.runbook': ask(
    'engine',
    z.object({ fleet: fleetText, fingerprint: z.string(), job: job.exactOptional() }),
    z.object({ markdown: z.string() }),
  ),
  /** Past deploys, what they kept, and which one was interrupted. */
  'fleet.history': ask('engine', z.object({ fleet: fleetText }), deployHistory),
  /** Compares the data of every two linked servers, from online backups; takes minutes where data is on its way. */
  'fleet.compare': ask('engine', z.object({ fleet: fleetText }), z.array(comparison).readonly()),
  /** The last comparison of each two linked servers; `at` tells how old it is. Asks no server. */
  'fleet.comparisons': ask('engine', z.object({ fleet: fleetText }), z.array(comparison).readonly()),
  /** Every server's certificate, and who pins which. */
  'fleet.certificates': ask('engine', z.object({ fleet: fleetText }), certificatesReport),
  /** Starts the practice fleet (or finds the one that runs) and answers with its fleet file. */
  'practice.start': ask(
    'engine',
    z.object({ servers: z.number().int().min(2).max(8) }),
    z.object({ path: z.string() }),
  ),
  'practice.stop': ask('engine', nothing, nothing),
  /** Host aliases of `~/.ssh/config`, for "add server". */
  'ssh.aliases': ask('engine', nothing, z.array(z.string())),
  /** Containers of an engine, those that run kanidmd first, for "add server". */
  'docker.containers': ask(
    'engine',
    z.object({
      endpoint: z.string(),
      certificates: z.string().nullable(),
      /** Where the fleet file lies: relative paths start there. */
      fleetPath: z.string().nullable(),
    }),
    z.array(foundContainer),
  ),
  /** Docker contexts of the person's, for "add server". */
  'docker.contexts': ask('engine', nothing, z.array(foundContext)),
  'dialog.open-fleet': ask('app', nothing, z.object({ path: z.string().nullable() })),
  'dialog.save-fleet': ask(
    'app',
    z.object({ suggested: z.string() }),
    z.object({ path: z.string().nullable() }),
  ),
  /** Saves what the window made (a picture, a runbook) where the person says; null: the person said nowhere. */
  'file.save-as': ask(
    'app',
    z.object({ suggested: z.string(), kind: z.enum(['svg', 'png', 'md']), base64: z.base64() }),
    z.object({ path: z.string().nullable() }),
  ),
  /** A deploy has ended: the system says so when nobody looks at the window. `told`: it did. */
  'deploy.ended': ask(
    'app',
    z.object({ title: z.string().max(200), text: z.string().max(500) }),
    z.object({ told: z.boolean() }),
  ),
  'clipboard.write': ask('app', z.object({ text: z.string() }), nothing),
  'settings.read': ask(
    'app',
    nothing,
    z.object({ theme, readOnly: z.boolean(), recent: z.array(z.string()) }),
  ),
  'settings.write': ask(
    'app',
    z.object({
      theme: theme.optional(),
      readOnly: z.boolean().optional(),
      recent: z.array(z.string()).optional(),
    }),
    nothing,
  ),
  'app.about': ask(
    'app',
    nothing,
    z.object({
      version: z.string(),
      electron: z.string(),
      logFile: z.string(),
      openAtStart: z.string().nullable(),
    }),
  ),
  /** An unexpected exception of the window, for the log file. */
  'app.report-error': ask('app', z.object({ message: z.string(), stack: z.string() }), nothing),
} as const;

/** Streams the window opens; items come in batches until it ends, is cancelled, or fails. */
export const streams = {
  /** Merged live log of all servers, from a little before now. */
  logs: { question: z.object({ fleet: fleetText }), item: logLine },
  /** The fleet's status, again whenever it changes. */
  watch: { question: z.object({ fleet: fleetText }), item: statusReport },
  /** Runs the reviewed plan. `erase` names every server whose database may be replaced. */
  deploy: {
    question: z.object({
      fleet: fleetText,
      fingerprint: z.string(),
      erase: z.array(z.string()),
      job: job.exactOptional(),
      takeOver: z.boolean().exactOptional(),
    }),
    item: deployEvent,
  },
} as const;

/** What the engine asks a person through the window. */
export const questions = {
  'host-key': {
    question: z.object({
      server: z.string(),
      host: z.string(),
      keyType: z.string(),
      fingerprint: z.string(),
      line: z.string(),
      knownHostsFile: z.string(),
    }),
    answer: z.object({ accept: z.boolean() }),
  },
  /** A Docker Engine without TLS. */
  'bare-engine': {
    question: z.object({ server: z.string(), endpoint: z.string() }),
    answer: z.object({ accept: z.boolean() }),
  },
  secret: {
    question: z.object({
      server: z.string(),
      kind: z.enum(['password', 'passphrase', 'answer']),
      subject: z.string(),
      prompt: z.string().optional(),
      echo: z.boolean().optional(),
      attempt: z.number(),
    }),
    answer: z.object({ secret: z.string().nullable() }),
  },
} as const;

export type AskName = keyof typeof asks;
/** The asks that one side answers: `AskOf<'engine'>`. */
export type AskOf<B extends 'engine' | 'app'> = {
  [N in AskName]: (typeof asks)[N]['by'] extends B ? N : never;
}[AskName];
export type AskQuestion<N extends AskName> = z.input<(typeof asks)[N]['question']>;
export type AskAnswer<N extends AskName> = z.output<(typeof asks)[N]['answer']>;
export type StreamName = keyof typeof streams;
export type StreamQuestion<N extends StreamName> = z.input<(typeof streams)[N]['question']>;
export type StreamItem<N extends StreamName> = z.output<(typeof streams)[N]['item']>;
export type QuestionName = keyof typeof questions;
export type QuestionText<N extends QuestionName> = z.output<(typeof questions)[N]['question']>;
export type QuestionAnswer<N extends QuestionName> = z.output<(typeof questions)[N]['answer']>;

const id = z.string().min(1).max(64);
const isAsk = z.custom<AskName>((name) => typeof name === 'string' && Object.hasOwn(asks, name));
const isStream = z.custom<StreamName>((name) => typeof name === 'string' && Object.hasOwn(streams, name));
const isQuestion = z.custom<QuestionName>(
  (name) => typeof name === 'string' && Object.hasOwn(questions, name),
);

/** What the window sends. `credit` allows that many further batches; `cancel` names an ask or a stream. */
export const fromWindow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ask'), id, name: isAsk, question: z.unknown() }),
  z.object({ kind: z.literal('open'), id, name: isStream, question: z.unknown() }),
  z.object({ kind: z.literal('credit'), id, batches: z.number().int().min(1).max(1000) }),
  z.object({ kind: z.literal('cancel'), id }),
  z.object({ kind: z.literal('reply'), id, answer: z.unknown() }),
]);
export type FromWindow = z.output<typeof fromWindow>;

/** What the window receives. `withdrawn`: the question needs no answer any more. */
export const toWindow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), id, answer: z.unknown() }),
  z.object({ kind: z.literal('items'), id, items: z.array(z.unknown()) }),
  z.object({ kind: z.literal('end'), id, fault: fault.nullable() }),
  z.object({ kind: z.literal('question'), id, name: isQuestion, question: z.unknown() }),
  z.object({ kind: z.literal('withdrawn'), id }),
  /** A menu item or shortcut of the app: `save`, `open`, `undo`, … */
  z.object({ kind: z.literal('command'), command: z.string() }),
]);
export type ToWindow = z.output<typeof toWindow>;

/** The one bridge the preload puts on `window.kanilink`: messages in, messages out, nothing else. */
export interface Bridge {
  send(message: FromWindow): void;
  /** Returns the function that stops listening. */
  listen(receive: (message: unknown) => void): () => void;
}
