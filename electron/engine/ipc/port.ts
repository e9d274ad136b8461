import type { ToWindow } from '../../../shared/ipc';

/** Where the engine's messages go and come from: the app around it, or a test. */
export interface Port {
  send(message: ToWindow): void;
  /** Messages are unknown until a schema has read them. */
  listen(receive: (message: unknown) => void): void;
}

/**
 * The port Electron gives a utility process, `process.parentPort`. The engine imports no Electron, so its two methods
 * are looked for by hand.
 *
 * @throws when this process was not started by Electron's `utilityProcess`
 */
export function parentPort(): Port {
  const port: unknown = Reflect.get(process, 'parentPort');
  if (!isParentPort(port)) throw new Error('The engine is started by the app, as a utility process.');
  return {
    send: (message) => port.postMessage(message),
    listen: (receive) => {
      port.on('message', (event) => receive(event.data));
    },
  };
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

function isParentPort(port: unknown): port is ParentPort {
  return typeof port === 'object' && port !== null && 'postMessage' in port && 'on' in port;
}
