import { ipcMain, type BrowserWindow, type IpcMainEvent } from 'electron';
import { asks, fromWindow, type AskName, type AskOf, type FromWindow, type ToWindow } from '../../shared/ipc';
import { fail, type Result } from '../../shared/result';
import { unexpected } from '../engine/door/answering';
import { appAnswers, type AppContext } from './answers';
import { CHANNEL } from './channel';
import type { EngineProcess } from './engine-process';
import { engineId, pageMessage } from './open-requests';
import { isOurs } from './protocol';

/** The way between the window and the rest. */
export interface Door {
  /** To the window, if it is there. */
  send(message: ToWindow): void;
}

/**
 * Opens the door for one window: its messages are checked (who sends, then what), and answered here or sent on to the
 * engine. When the page is loaded anew, what the old one had asked for is cancelled.
 */
export function openDoor(window: BrowserWindow, engine: EngineProcess, context: AppContext): Door {
  let page = 0;
  const toPage = (message: ToWindow): void => {
    if (!window.isDestroyed()) window.webContents.send(CHANNEL, message);
  };
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
    } else if (message.kind === 'reply') {
      engine.send(message);
    } else {
      engine.send({ ...message, id: engineId(page, message.id) });
    }
  };
  const pageGone = (): void => {
    for (const message of engine.requests.pageGone()) engine.send(message);
    page += 1;
  };

  ipcMain.on(CHANNEL, receive);
  window.webContents.on('did-start-navigation', (details) => {
    // One that leads elsewhere is announced too, though it is refused.
    if (details.isMainFrame && !details.isSameDocument && isOurs(details.url)) pageGone();
  });
  window.webContents.on('did-finish-load', () => {
    for (const question of engine.requests.openQuestions()) toPage(question);
  });
  window.on('closed', () => {
    ipcMain.off(CHANNEL, receive);
    pageGone();
  });
  return {
    send: (message) => {
      const forPage = pageMessage(page, message);
      if (forPage !== null) toPage(forPage);
    },
  };
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
