import { firstWithout, supports } from '../versions/versions';

/**
 * Why no pull of a server can be proved by its log: its version tells of rounds at level debug alone (`kanidm.md`, "Rounds").
 * @param version as it says itself; null: not known.
 * @returns null where its log tells of them at every level, or nothing is known. It holds no more once a round was seen.
 */
export function untoldRounds(
  id: string,
  version: string | null,
): { readonly cause: string; readonly fix: string } | null {
  if (version === null || !supports(version, 'rounds-at-debug')) return null;
  return {
    cause: `${id} runs kanidmd ${version}, whose log tells of rounds at level debug alone: whether ${id} pulls from anybody cannot be proved.`,
    fix: `Write log_level = "debug" into its server.toml and restart it, or upgrade it to ${firstWithout('rounds-at-debug')} or later.`,
  };
}
