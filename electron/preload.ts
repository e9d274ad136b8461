import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../shared/ipc';
import { CHANNEL, DROP_CHANNEL } from './app/channel';

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

// A dropped file is one that a person chose, so its path must not come from the page: it is read here, from an event that
// only the system can make and a file that only the system can name.
window.addEventListener(
  'drop',
  (event) => {
    event.preventDefault();
    const [file, ...more] = event.isTrusted ? [...(event.dataTransfer?.files ?? [])] : [];
    if (file === undefined) return;
    const path = webUtils.getPathForFile(file);
    if (path !== '') ipcRenderer.send(DROP_CHANNEL, path, more.length);
  },
  true,
);
// Without it Chromium would open the file in the window's place, which is refused, and show that it cannot be dropped.
window.addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
});
