/** Whom a program on the server runs as. Numbers, for a name may mean nobody (a dynamic user) or, later, somebody else. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  /** The login name, where there is one. */
  readonly name: string | null;
  /**
   * A folder of theirs that is entered before root's rights are left, for they may not reach it by its path: what systemd
   * keeps for a dynamic user lies in /var/lib/private, which only root may enter.
   */
  readonly enter?: string;
}

export const ROOT: Identity = { uid: 0, gid: 0, groups: [], name: 'root' };

/**
 * What makes root run a program as somebody else, with nothing of root's left: setpriv(1) of util-linux, which needs no
 * entry in passwd. The program and what it starts can gain no rights any more (`PR_SET_NO_NEW_PRIVS`).
 */
export function runningAs({ uid, gid, groups, enter }: Identity, argv: readonly string[]): readonly string[] {
  const others = groups.length === 0 ? '--clear-groups' : `--groups=${groups.join(',')}`;
  const leave = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, others, '--no-new-privs', '--'];
  if (enter === undefined) return [...leave, ...argv];
  return ['env', '-C', enter, ...leave, ...argv.map((word) => relativeTo(enter, word))];
}

/** A path in the folder that was entered, also behind `of=` and `--reference=`. */
function relativeTo(enter: string, word: string): string {
  const before = /^(?:of=|--reference=)/.exec(word)?.[0] ?? '';
  const path = word.slice(before.length);
  if (path === enter) return `${before}.`;
  return path.startsWith(`${enter}/`) ? `${before}./${path.slice(enter.length + 1)}` : word;
}

/** Reads `Uid:`, `Gid:` and `Groups:` of a /proc/PID/status (proc(5)): the effective ones. Null: not such a file. */
export function readProcStatus(text: string): Identity | null {
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(text)?.[1];
  const gid = /^Gid:\s+\d+\s+(\d+)/m.exec(text)?.[1];
  if (uid === undefined || gid === undefined) return null;
  const groups = (/^Groups:(.*)$/m.exec(text)?.[1] ?? '').split(/\s+/).filter((word) => word !== '');
  return { uid: Number(uid), gid: Number(gid), groups: groups.map(Number), name: null };
}
