/** Command lines about files: what is run, and what lines of sudoers list. Argv; a path is the last word. */

/** What a file is, a symlink followed. `readLook` reads it. */
export const lookAt = (path: string): readonly string[] => [
  ...['stat', '-L', '-c', '%f:%s:%u:%g:%Y', '--'],
  path,
];

/** Prints a file; a symlink is followed. */
export const contentOf = (path: string): readonly string[] => ['cat', '--', path];

/** Success: something has this name; a symlink is followed. */
export const isThere = (path: string): readonly string[] => ['test', '-e', path];

/** Success: it is a symlink, be it one that leads nowhere. */
export const isLink = (path: string): readonly string[] => ['test', '-L', path];

/** Success: it is a folder, or a symlink to one. */
export const isFolder = (path: string): readonly string[] => ['test', '-d', path];

/**
 * Makes a file of what comes through stdin, and takes it down to the disk. What is there already, be it a link, is not
 * written over.
 */
export const newFile = (path: string): readonly string[] => [
  ...['dd', 'bs=64k', `of=${path}`, 'conv=excl,fsync', 'status=none'],
];

/** @param mode permission bits. */
export const newFolder = (path: string, mode: number): readonly string[] => [
  ...['mkdir', '-m', `0${mode.toString(8)}`, '--'],
  path,
];

/** Gives one path the name of another; a folder of that name is replaced if it is empty, and never moved into. */
export const rename = (from: string, to: string): readonly string[] => ['mv', '-T', '--', from, to];

/** What removes a folder with all that is in it; symlinks, itself included, are removed and never followed. */
export const removal = (path: string): readonly string[] => ['rm', '-rf', '--one-file-system', '--', path];
