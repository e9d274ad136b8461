import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '../shared/ipc';
import { CHANNEL } from './app/channel';

/** The one bridge: messages in, messages out. What they mean is checked on both ends, by the schemas of the contract. */
const bridge: Bridge = {
  send: (message) => ipcRenderer.send(CHANNEL, message),
  listen: (receive) => {
    const listener = (_event: unknown, message: unknown): void => receive(message);
    ipcRenderer.on(CHANNEL, listener);
    return () => ipcRenderer.off(CHANNEL, listener);
  },
};

contextBridge.exposeInMainWorld('kanilink', bridge);
