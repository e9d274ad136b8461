/** The folder a file lies in. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Where backups stay: beside the database, on what keeps it. */
export const backupFolder = (database: string): string =>
  `${folderOf(database).replace(/\/$/, '')}/kanilink-backups`;
