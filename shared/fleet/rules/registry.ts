import type { Problem } from '../../base/problem';
import type { Fleet } from '../model/fleet';
import type { Topology } from '../model/topology';
import * as addresses from './addresses';
import * as adopting from './adopting';
import * as certificates from './certificates';
import * as configPlace from './config-place';
import * as containers from './containers';
import * as deployedLinks from './deployed-links';
import * as direction from './direction';
import * as domains from './domains';
import * as environment from './environment';
import * as fleetFile from './fleet-file';
import * as notChecked from './not-checked';
import * as partners from './partners';
import * as planning from './planning';
import * as proved from './proved';
import * as reach from './reachable';
import * as shape from './shape';
import * as sshConfig from './ssh-config';
import * as versions from './versions';
import type { FleetView } from './view';
import { problemBy, type RuleWords, type Said, type Words } from './words';

/** Rules about the graph as drawn, before any server is asked. */
interface DrawnRules {
  readonly words: Words;
  readonly checkDrawn: (fleet: Fleet, topology: Topology) => readonly Problem[];
}

/** Rules about what was seen of the servers, beside the fleet file. */
interface ObservedRules {
  readonly words: Words;
  readonly check: (view: FleetView) => readonly Problem[];
}

/** Codes that something else than a check raises: reading the file, adopting, planning. */
interface WordsAlone {
  readonly words: Words;
  readonly raisedBy: string;
}

interface Chapter {
  readonly title: string;
  readonly families: readonly (DrawnRules | ObservedRules | WordsAlone)[];
}

/**
 * Every code of the fleet, by the chapters of `docs/rules.md` and in their order. A rule is a row of words and a check in
 * one file; a new family is a file and a line here.
 *
 * Not here: what kanidmd itself would refuse in its server.toml (`server-config/config-problems.ts`; one check raises it of every
 * such file, and the page lists the codes), and faults of a call (`base/result.ts`), whose words stand where they are
 * raised, as they say what happened once and not what a fleet is like.
 */
export const chapters = [
  { title: 'The fleet file', families: [fleetFile] },
  { title: 'The links as drawn', families: [shape, direction] },
  { title: 'What could be seen', families: [reach, notChecked, sshConfig, configPlace] },
  { title: 'Whose data it is', families: [domains] },
  { title: 'Versions and clocks', families: [versions] },
  { title: 'Addresses', families: [addresses, environment] },
  { title: 'Containers', families: [containers] },
  { title: 'Certificates', families: [certificates] },
  { title: 'What the servers’ files say', families: [partners, deployedLinks] },
  { title: 'What is proved beside rounds', families: [proved] },
  { title: 'Adopting', families: [adopting] },
  { title: 'Planning', families: [planning] },
] as const satisfies readonly Chapter[];

type CodesOf<W> = W extends unknown ? keyof W : never;
/** A code that has words. */
export type RuleCode = CodesOf<(typeof chapters)[number]['families'][number]['words']>;

const all: readonly Chapter[] = chapters;
const families = all.flatMap((chapter) => chapter.families);

/** The checks of what is drawn alone: no server has to be asked. */
export const drawnRules = families.flatMap((family) => ('checkDrawn' in family ? [family.checkDrawn] : []));
/** The checks of what is drawn beside what was seen of the servers. */
export const observedRules = families.flatMap((family) => ('check' in family ? [family.check] : []));

/** The codes that a look at the servers raises, and raises again at the next look. */
export const observedCodes: ReadonlySet<string> = new Set(
  families.flatMap((family) => ('check' in family ? Object.keys(family.words) : [])),
);

/** The codes of what the fleet file and the links in it say by themselves, and of what says the same with the servers. */
export const drawingCodes: ReadonlySet<string> = new Set(
  [fleetFile, ...families.filter((family) => 'checkDrawn' in family)].flatMap((family) =>
    Object.keys(family.words),
  ),
);

const words: ReadonlyMap<string, RuleWords> = new Map(
  families.flatMap((family) => Object.entries(family.words)),
);

/** The words of a code; null: it is not one of the fleet's. */
export const wordsOfRule = (code: string): RuleWords | null => words.get(code) ?? null;

/**
 * A problem of any code, for those who raise what a check of a family raises too, or what no check does.
 *
 * @param said the server it is about (null: the fleet), what is so, what to do, and where
 */
export function ruleProblem(code: RuleCode, ...said: Said): Problem {
  const known = words.get(code);
  if (known === undefined) throw new Error(`no words for ${code}`);
  return problemBy(known, code, ...said);
}
