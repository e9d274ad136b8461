import { spawn } from 'node:child_process';

/**
 * Tells systemd that the server is ready. Node has no unix datagram sockets, so `systemd-notify` says it in our name:
 * a unit needs `NotifyAccess=all` for that. Without NOTIFY_SOCKET, or without the program, nothing happens.
 */
export function notifyReady(env: NodeJS.ProcessEnv): void {
  if (!env['NOTIFY_SOCKET']) return;
  const child = spawn('systemd-notify', ['--ready', `--pid=${process.pid}`], { env, stdio: 'ignore' });
  child.on('error', () => undefined);
}
