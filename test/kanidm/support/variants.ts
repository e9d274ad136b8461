/** One way in which people run the container of a server. */
export interface Variant {
  /** Part of names of containers and volumes. */
  readonly id: string;
  readonly title: string;
  /** `bind`: a folder of the host is /data; `volume`: a named volume is; `file`: a folder, and server.toml mounted by itself. */
  readonly store: 'bind' | 'volume' | 'file';
  readonly healthcheck: boolean;
  /** Who runs kanidmd and owns its files. */
  readonly uid: number;
  /** Who knows the servers' names: a hosts file, or the engine's own name server, which forgets a stopped container's. */
  readonly names: 'hosts' | 'engine';
  /** Further arguments of `docker run`. */
  readonly run: readonly string[];
}

const plain: Variant = {
  ...{ id: 'bind', title: 'a bind mount, no HEALTHCHECK', store: 'bind', healthcheck: false },
  ...{ uid: 0, names: 'hosts', run: [] },
};

/** The most ordinary one. */
export const PLAIN = plain;

/** Every variant goes through the whole main job. */
export const variants: readonly Variant[] = [
  plain,
  { ...plain, id: 'healthcheck', title: 'HEALTHCHECK as the official image has it', healthcheck: true },
  { ...plain, id: 'volume', title: 'a named volume, names by the engine', store: 'volume', names: 'engine' },
  { ...plain, id: 'tty', title: 'a TTY', run: ['--tty', '--interactive'] },
  { ...plain, id: 'user', title: 'a user of its own', uid: 4711, run: ['--user', '4711:4711'] },
  { ...plain, id: 'file', title: 'server.toml mounted as a single file', store: 'file' },
  {
    ...{
      ...plain,
      id: 'readonly',
      title: 'a read-only root, no capabilities, HEALTHCHECK',
      healthcheck: true,
    },
    ...{ store: 'volume', uid: 4711 },
    run: ['--read-only', '--user', '4711:4711', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  },
];
