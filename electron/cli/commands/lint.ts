import { type Problem, problemOf } from '../../../shared/base/problem';
import { refreshesFromSeveral, takesWhichever } from '../../../shared/server-config/automatic-refresh';
import { checkConfigFile } from '../../../shared/server-config/check-server-config';
import type { Place } from '../../../shared/base/result';
import { originLiesOutside } from '../../../shared/server-config/origin-in-domain';
import { interpret } from '../../../shared/server-config/read-server-config';
import { partnersOf, type ServerConfig } from '../../../shared/server-config/server-config';
import { readToml } from '../../../shared/server-config/server-toml';
import { startOf, type TomlFile } from '../../../shared/toml/toml-file';
import { isBefore, UNREAD } from '../../../shared/versions/versions';
import { readNamed } from '../base/named-file';
import type { Invocation } from '../base/arguments';
import { exit, type World } from '../base/world';
import { jsonText } from '../text/json';
import { countProblems, hasErrors, problemsText } from '../text/problems';

/** `kanilink lint`: a server.toml, judged as a version of kanidmd reads it. Asks no server and changes nothing. */
export async function lint({ file, version, json }: Invocation, world: World): Promise<number> {
  const read = await readNamed(file, 'Name a server.toml that you may read.');
  const found = read.ok
    ? judge(read.value, version, file)
    : { replication: null, problems: [problemOf(read.error)] };
  const { problems } = found;
  if (json) world.print(jsonText({ version, ...found }));
  else if (problems.length === 0) world.print(`${notProved(version)}${said(found.replication)}`);
  else world.print([problemsText(problems, world.paint), countProblems(problems)].join('\n\n'));
  return hasErrors(problems) ? exit.failed : exit.well;
}

interface Judged {
  /** It has a `[replication]`; null: it could not be read that far. */
  readonly replication: boolean | null;
  readonly problems: readonly Problem[];
}

function judge(bytes: Uint8Array, version: string, file: string): Judged {
  const where = { file };
  const unknown = isBefore(version, UNREAD) ? [] : [notKnownYet(version)];
  const read = readToml(bytes, where);
  if (!read.ok) return { replication: null, problems: [problemOf(read.error), ...unknown] };
  const meaning = interpret(read.value, where);
  const { config } = meaning;
  const problems = checkConfigFile(read.value, meaning, version, where, {}).map((it) =>
    problemOf(it, it.severity),
  );
  const isUnderstood = meaning.problems.length === 0;
  return {
    replication: isUnderstood ? config.replication !== null : null,
    problems: [
      ...problems,
      ...(isUnderstood
        ? [...outsideDomain(config, read.value, where), ...takesAny(config, read.value, where)]
        : []),
      ...unknown,
    ],
  };
}

/** No file tells of which domain the database is: with a new one kanidmd would refuse. */
function outsideDomain({ origin, domain }: ServerConfig, file: TomlFile, where: Place): readonly Problem[] {
  if (origin === null || domain === null || !originLiesOutside(origin, domain)) return [];
  const key = file.find(['origin']);
  return [
    {
      ...{ severity: 'warning', code: 'https-origin-outside-domain', server: null },
      message: `The origin ${origin} is not in the domain ${domain}. kanidmd goes by the domain of its database: with a new one it refuses to start.`,
      fix: `Write an origin that is https://${domain} or a name below it.`,
      where: { ...where, ...(key === null ? {} : startOf(key.pair)) },
    },
  ];
}

/** kanidmd starts with it, and may lose its data to the wrong one. */
function takesAny(config: ServerConfig, file: TomlFile, where: Place): readonly Problem[] {
  const suppliers = refreshesFromSeveral(config);
  if (suppliers === 0) return [];
  const flagged = partnersOf(config).find(({ automaticRefresh }) => automaticRefresh)?.origin ?? '';
  const key = file.find(['replication', flagged, 'automatic_refresh']);
  return [
    {
      ...{ severity: 'warning', code: 'automatic-refresh-several-suppliers', server: null },
      message: takesWhichever('This server', suppliers),
      fix: 'Take automatic_refresh out of the file before the next start.',
      where: { ...where, ...(key === null ? {} : startOf(key.pair)) },
    },
  ];
}

/** What was done, and no more: a start takes what no file tells. */
const notProved = (version: string): string =>
  `Nothing in this file was found that kanidmd ${version} refuses; paths, ports and certificates were not looked at.`;

const said = (replication: boolean | null): string =>
  replication === false ? ' It has no [replication]: nothing replicates.' : '';

/** A key that Kanilink has not heard of may be one that such a version reads. */
const notKnownYet = (version: string): Problem => ({
  severity: 'info',
  code: 'newer-than-known',
  server: null,
  message: `Kanilink does not know Kanidm ${version} yet: it says nothing of keys of the top level that it does not know.`,
  fix: 'Let that kanidmd test the file: kanidmd configtest -c FILE.',
  where: {},
});
