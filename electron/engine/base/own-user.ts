import { userInfo } from 'node:os';

/**
 * The user this process runs as. Where no passwd entry has the number, as in a container that was started with any
 * `--user`, the number is the name; Node throws there.
 * @param ask asks the system.
 */
export function ownUser(ask: () => { readonly username: string; readonly uid: number } = userInfo): {
  readonly name: string;
  readonly uid: number;
} {
  try {
    const { username, uid } = ask();
    return { name: username, uid };
  } catch {
    const uid = process.getuid?.() ?? -1;
    return { name: String(uid), uid };
  }
}
