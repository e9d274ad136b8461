import { ipcMain, type BrowserWindow, type IpcMainEvent } from 'electron';
import {
  asks,
  fromWindow,
  LONGEST_PATH,
  type AskName,
  type AskOf,
  type FromWindow,
  type ToWindow,
} from '../../shared/ipc';
import { fail, type Fault, type Result } from '../../shared/base/result';
import { unexpected } from '../engine/base/unexpected';
import { appAnswers, type AppContext } from './answers';
import { AppQuestions, askTrust, isForApp as isAppQuestion } from './app-questions';
import { CHANNEL, DROP_CHANNEL } from './channel';
import type { EngineProcess } from './engine-process';
import { engineId, pageMessage } from './open-requests';
import { isOurs } from './protocol';
import { UntilLoaded } from './until-loaded';

/** The way between the window and the rest. */
export interface IpcRouter {
  /** To the window, if it is there; what the page did not ask for waits until it has loaded. */
  send(message: ToWindow): void;
}

/**
 * Opens the door for one window: its messages are checked (who sends, then what), and answered here or sent on to the
 * engine. When the page is loaded again, what the old one had asked for is cancelled.
 */
export function openRouter(window: BrowserWindow, engine: EngineProcess, context: AppContext): IpcRouter {
  let page = 0;
  const toPage = (message: ToWindow): void => {
    if (!window.isDestroyed()) window.webContents.send(CHANNEL, message);
  };
  const unasked = new UntilLoaded(toPage, () => engine.news);
  const receive = (event: IpcMainEvent, raw: unknown): void => {
    if (!isOurPage(event, window)) {
      context.log(`a message of a stranger was dropped: ${event.senderFrame?.url ?? 'no frame'}`);
      return;
    }
    const message = fromWindow.safeParse(raw);
    if (!message.success) {
      context.log(`the window sent what is not in the contract: ${message.error.message}`);
      return;
    }
    take(message.data);
  };
  const take = (message: FromWindow): void => {
    if (message.kind === 'ask' && isForApp(message.name)) {
      const { id, name, question } = message;
      void answer(name, question, context).then((given) => toPage({ kind: 'answer', id, answer: given }));
      return;
    }
    if (message.kind === 'reply') {
      if (asked.has(message.id)) context.log('the page answered a question of the app’s; that was dropped');
      else engine.send(message);
      return;
    }
    const refusal = context.paths.refusal(message);
    if (refusal !== null) {
      context.log(`${refusal.message} The page named ${refusal.where.file ?? 'none'}`);
      toPage(refused(message, refusal));
      return;
    }
    const id = engineId(page, message.id);
    if (message.kind === 'ask' && message.name === 'practice.start') practices.add(id);
    engine.send({ ...message, id });
  };
  const asked = new AppQuestions(askTrust(window), (id, given) =>
    engine.send({ kind: 'reply', id, answer: given }),
  );
  /** Requests for a practice fleet: the page may open the file it is told. */
  const practices = new Set<string>();
  const pageGone = (): void => {
    unasked.loading();
    for (const message of engine.requests.pageGone()) engine.send(message);
    engine.heard();
    page += 1;
  };

  /** The preload script saw a person drop a file. */
  const dropped = (event: IpcMainEvent, path: unknown): void => {
    if (!isOurPage(event, window) || typeof path !== 'string' || path.length > LONGEST_PATH) return;
    context.paths.add(path);
    toPage({ kind: 'open-path', path });
  };

  ipcMain.on(CHANNEL, receive);
  ipcMain.on(DROP_CHANNEL, dropped);
  window.webContents.on('did-start-navigation', (details) => {
    // One that leads elsewhere is announced too, though it is refused.
    if (details.isMainFrame && !details.isSameDocument && isOurs(details.url)) pageGone();
  });
  window.webContents.on('did-finish-load', () => {
    for (const question of engine.requests.openQuestions()) if (!isAppQuestion(question)) toPage(question);
    unasked.loaded();
  });
  window.on('closed', () => {
    ipcMain.off(CHANNEL, receive);
    ipcMain.off(DROP_CHANNEL, dropped);
    pageGone();
  });
  return {
    send: (message) => {
      if (asked.take(message)) return;
      if (message.kind === 'answer' && practices.delete(message.id)) {
        const started = asks['practice.start'].answer.safeParse(message.answer).data;
        if (started?.ok) context.paths.add(started.value.path);
      }
      const forPage = pageMessage(page, message);
      if (forPage !== null) unasked.send(forPage);
    },
  };
}

/** What the page gets instead of what it asked for. */
function refused({ kind, id }: FromWindow, fault: Fault): ToWindow {
  return kind === 'open' ? { kind: 'end', id, fault } : { kind: 'answer', id, answer: fail(fault) };
}

/** Only the main frame of our own window, showing our own page, is listened to. */
function isOurPage(event: IpcMainEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  return (
    !window.isDestroyed() && frame !== null && frame === window.webContents.mainFrame && isOurs(frame.url)
  );
}

const isForApp = (name: AskName): name is AskOf<'app'> => asks[name].by === 'app';

async function answer(name: AskOf<'app'>, question: unknown, context: AppContext): Promise<Result<unknown>> {
  try {
    return await appAnswers[name].answer(question, context);
  } catch (cause) {
    const fault = unexpected(cause);
    context.log(`${name}: ${fault.detail ?? fault.message}`);
    return fail(fault);
  }
}
