import { block } from './markdown';
import { shellWord } from '../../base/shell-word';
import { backupFolder } from '../../connect/paths';
import type { ServerShell } from './server-shell';

/**
 * Compares two servers' data by hand: online backups of both, every entry's change state by uuid. The backups go through
 * pipes, never onto this machine's disk, and are taken away from the servers at once.
 */
export function compareData(step: string, a: ServerShell, b: ServerShell): string {
  if (!a.onlineBackup || !b.onlineBackup || a.database === null || b.database === null)
    return `Their data cannot be compared while they run: Kanidm before 1.9 is backed up only while it is stopped, or where a database lies is not known. Rounds that succeed are all that is proved.`;
  const path = ({ name }: ServerShell): string => `$at_${name}/compare-$stamp.json.gz`;
  const at = ({ name, database }: ServerShell): string =>
    `at_${name}=${shellWord(backupFolder(database ?? ''))}`;
  const backUp = (server: ServerShell): string =>
    `backup_folder_${server.name} && kanidmd_${server.name} scripting backup "${path(server)}" > /dev/null`;
  return [
    'The two backups hold every credential: they are read through pipes, never touch this machine’s disk, and are taken away at once. `jq` must be installed here. `kanilink compare` does the same and names the entries that differ.',
    block(
      'bash',
      `stamp=$(date -u +%Y%m%dT%H%M%SZ)-${step}
${at(a)}; ${at(b)}
${backUp(a)} && ${backUp(b)} &&
  mine=$(states ${a.name} "${path(a)}") && theirs=$(states ${b.name} "${path(b)}") && [ -n "$mine" ] &&
  { [ "$mine" = "$theirs" ] || stop '${a.id} and ${b.id} hold different data.'; } && echo 'proved: ${a.id} and ${b.id} hold the same data'
result=$?; unset mine theirs; forget_${a.name} "${path(a)}"; forget_${b.name} "${path(b)}"; [ "$result" = 0 ]`,
    ),
    'If they differ, wait for a poll interval and run the block again: what changed a moment ago may be on its way. If they still differ, successful rounds prove nothing: choose whose data wins, and refresh the other.',
  ].join('\n\n');
}
