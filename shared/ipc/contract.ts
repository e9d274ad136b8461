import { z } from 'zod';
import { answersAsked, answersReport } from '../answers/answers';
import { shown, shownOnOneLine } from '../base/shown';
import { adoptedFleet, serverAddress } from '../fleet/adopt/adopted-fleet';
import { certificatesReport } from '../certificates/certificates-report';
import { type CommandId, isCommand } from './commands';
import { comparison } from '../compare/comparison';
import { databaseSize, databaseSummary } from '../compare/database-summary';
import { foundContainer, foundContext } from './containers';
import { trustQuestion } from '../fleet/model/trust';
import { deployHistory } from '../plan/model/history';
import { job } from '../plan/model/job';
import { deployEvent } from '../plan/model/deploy';
import { plan } from '../plan/model/plan';
import { fault } from '../base/fault';
import { ask, LONGEST_PATH, LONGEST_TEXT, nothing } from './ask';
import { historyAsks } from './history';
import { keepingAsks, keepingStreams } from './keeping';
import { logLine, logSpan } from './log-line';
import { logAsks } from './older-lines';
import { settingsAsks } from './settings';
import { serverReport, statusReport } from '../observed/status';
import { ruvEvery, ruvReport } from '../ruv/ruv';
import { loginsEvery } from '../serves/logins-every';
import { fleetText, foreign } from './values';

/**
 * The contract between the window and the rest: what may be asked, what streams, and what the engine asks a person.
 * Both ends are made from these schemas; nothing else crosses.
 */

/** Questions the window asks and gets one answer to. `by` says who answers: the engine, or the app (dialogs, settings). */
export const asks = {
  /** `trusted`: false while nobody has agreed to what the file makes Kanilink use; it can be shown, and nothing more. */
  'fleet.load': ask(
    'engine',
    z.object({ path: z.string() }),
    z.object({ path: z.string(), text: z.string(), trusted: z.boolean() }),
  ),
  /** Asks the person, in a dialog of the app's own, whether to trust the file with what this text of it uses. */
  /** `notKept`: why a yes counts for this session only; null: it is remembered, or nobody agreed. */
  'fleet.trust': ask(
    'engine',
    z.object({ fleet: fleetText }),
    z.object({ trusted: z.boolean(), notKept: fault.nullable() }),
  ),
  /**
   * `expect`: the text that was loaded or saved last; another one on disk is a fault, nothing is overwritten unseen. `from`:
   * the file this text was before, the same or another; null: it was made here.
   */
  'fleet.save': ask(
    'engine',
    z.object({
      path: z.string(),
      text: z.string().max(LONGEST_TEXT),
      expect: z.string().max(LONGEST_TEXT).nullable(),
      from: z.string().nullable(),
      foreign,
    }),
    z.object({ path: z.string() }),
  ),
  ...keepingAsks,
  'server.test': ask('engine', z.object({ fleet: fleetText, server: z.string() }), serverReport),
  /** Servers no fleet describes yet: what they say of themselves and of each other. `fleetPath`: relative paths start there. */
  'servers.adopt': ask(
    'engine',
    z.object({ servers: z.array(serverAddress).min(1).max(64), fleetPath: z.string().nullable() }),
    adoptedFleet,
  ),
  'fleet.status': ask('engine', z.object({ fleet: fleetText }), statusReport),
  /**
   * Without `job`: apply. `asSeen`: from the newest reading of each server that is watched, at once and without asking any:
   * one that has not answered yet is not read, and holds up nobody.
   */
  'fleet.plan': ask(
    'engine',
    z.object({ fleet: fleetText, job: job.exactOptional(), asSeen: z.boolean().exactOptional() }),
    plan,
  ),
  /** The plan that was reviewed as Markdown, for a person to do by hand; a fault when planning again gives another. */
  'fleet.runbook': ask(
    'engine',
    z.object({ fleet: fleetText, fingerprint: z.string(), job: job.exactOptional() }),
    z.object({ markdown: z.string() }),
  ),
  /** Past deploys, what they kept, and which one was interrupted. */
  'fleet.deploys': ask('engine', z.object({ fleet: fleetText }), deployHistory),
  ...historyAsks,
  ...logAsks,
  /** Compares the data of every two linked servers, from online backups; takes minutes where data is on its way. */
  'fleet.compare': ask('engine', z.object({ fleet: fleetText }), z.array(comparison).readonly()),
  /** The last comparison of each two linked servers; `at` tells how old it is. Asks no server. */
  'fleet.comparisons': ask('engine', z.object({ fleet: fleetText }), z.array(comparison).readonly()),
  /** How far each server is behind, from a look at their RUVs: each reads its whole database for it (decision 62). */
  'fleet.ruv': ask('engine', z.object({ fleet: fleetText }), ruvReport),
  /** Which servers answer the public origin. */
  'fleet.answers': ask('engine', answersAsked.extend({ fleet: fleetText }), answersReport),
  /** How large a server's database is: what `database.summary` has to read. */
  'database.size': ask('engine', z.object({ fleet: fleetText, server: z.string() }), databaseSize),
  /** What a server's database holds, in numbers, from an online backup that is read in memory and removed. */
  'database.summary': ask('engine', z.object({ fleet: fleetText, server: z.string() }), databaseSummary),
  /** What helps to find out what went wrong, as a JSON document to be given away. Null: no server is asked. */
  'fleet.diagnose': ask(
    'engine',
    z.object({ fleet: fleetText.nullable(), withoutAddresses: z.boolean() }),
    z.object({ text: z.string() }),
  ),
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
    z.object({ suggested: z.string().max(LONGEST_PATH) }),
    z.object({ path: z.string().nullable() }),
  ),
  /** Saves what the window made (a picture, a runbook, diagnostics) where the person says; null: the person said nowhere. */
  'file.save-as': ask(
    'app',
    z.object({
      suggested: z.string().max(300),
      kind: z.enum(['svg', 'png', 'md', 'json', 'txt', 'csv']),
      base64: z.base64().max(100_000_000),
    }),
    z.object({ path: z.string().nullable() }),
  ),
  /** A deploy has ended: the system says so when nobody looks at the window. `told`: it did. */
  'deploy.ended': ask(
    'app',
    z.object({ title: shownOnOneLine.max(200), text: shown.max(500) }),
    z.object({ told: z.boolean() }),
  ),
  /** The person agreed to what the page asked when it was to close: it closes itself next. */
  'window.leaves': ask('app', nothing, nothing),
  /** The page knows that the engine was started again: what it asks from now on is meant for that one. */
  'engine.heard': ask('app', nothing, nothing),
  /** Text only; a log or a diff fits, a disk image does not. */
  'clipboard.write': ask('app', z.object({ text: z.string().max(LONGEST_TEXT) }), nothing),
  ...settingsAsks,
  'app.about': ask(
    'app',
    nothing,
    z.object({
      version: z.string(),
      electron: z.string(),
      logFile: z.string(),
      openAtStart: z.string().nullable(),
      /** What the app goes on without. */
      troubles: z.array(shown).readonly(),
    }),
  ),
  /** An unexpected exception of the window, for the log file. */
  'app.report-error': ask(
    'app',
    z.object({ message: z.string().max(10_000), stack: z.string().max(100_000) }),
    nothing,
  ),
} as const;

/** Streams the window opens; items come in batches until it ends, is cancelled, or fails. */
export const streams = {
  /**
   * Merged log of all servers: live, from a little before now; or what they logged between two times by our clock,
   * milliseconds since the epoch, as far as they still have it.
   */
  logs: { question: z.object({ fleet: fleetText, between: logSpan.exactOptional() }), item: logLine },
  /**
   * The fleet's status, again whenever it changes. `asked`: by a person, so that servers that refused are tried again.
   * `lookAtLogins`: HTTPS and logins are looked at once right away, however often that is done else.
   */
  watch: {
    question: z.object({
      fleet: fleetText,
      asked: z.boolean().exactOptional(),
      lookAtLogins: z.boolean().exactOptional(),
      /** Minutes between two looks at HTTPS and logins; 0: never. */
      loginsEvery: loginsEvery.exactOptional(),
      /** Minutes between two looks at RUVs of what costs a server little; 0: none. */
      ruvEvery: ruvEvery.exactOptional(),
    }),
    item: statusReport,
  },
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
  ...keepingStreams,
} as const;

/**
 * What the engine asks a person, through the window; `by: 'app'` in a dialog of the app's own, which the page can neither
 * see nor answer.
 */
export const questions = {
  'trust-fleet': {
    by: 'app',
    question: trustQuestion,
    answer: z.object({ accept: z.boolean() }),
  },
  'host-key': {
    by: 'window',
    question: z.object({
      server: z.string(),
      host: shownOnOneLine,
      keyType: shownOnOneLine,
      fingerprint: shownOnOneLine,
      line: shownOnOneLine,
      knownHostsFile: shownOnOneLine,
    }),
    answer: z.object({ accept: z.boolean() }),
  },
  /** A Docker Engine without TLS. */
  'bare-engine': {
    by: 'window',
    question: z.object({ server: z.string(), endpoint: shownOnOneLine }),
    answer: z.object({ accept: z.boolean() }),
  },
  secret: {
    by: 'window',
    question: z.object({
      server: z.string(),
      kind: z.enum(['password', 'passphrase', 'answer']),
      subject: shownOnOneLine,
      prompt: shownOnOneLine.optional(),
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
/** The questions that one side puts to the person: `QuestionOf<'window'>`. */
export type QuestionOf<B extends 'window' | 'app'> = {
  [N in QuestionName]: (typeof questions)[N]['by'] extends B ? N : never;
}[QuestionName];
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
  /** The engine's process stopped and starts again in `inMs`; it runs again; it stays stopped (`inMs` null). */
  z.object({
    kind: z.literal('engine'),
    state: z.enum(['restarting', 'running', 'stopped']),
    inMs: z.number().nullable(),
  }),
  /** A menu item was chosen. */
  z.object({ kind: z.literal('command'), command: z.custom<CommandId>(isCommand) }),
  /** The person chose a fleet file outside the window: among the menu's recent ones, in the file manager. */
  z.object({ kind: z.literal('open-path'), path: z.string().max(LONGEST_PATH) }),
]);
export type ToWindow = z.output<typeof toWindow>;
export type EngineMessage = Extract<ToWindow, { kind: 'engine' }>;

/** The one bridge the preload puts on `window.kanilink`: messages in, messages out, nothing else. */
export interface Bridge {
  send(message: FromWindow): void;
  /** Returns the function that stops listening. */
  listen(receive: (message: unknown) => void): () => void;
}
