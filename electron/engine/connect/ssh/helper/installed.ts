import { fail, ok, type Fault, type Result } from '../../../../../shared/base/result';
import type { Output } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { contentOf } from '../commands/files';
import type { Machine } from '../machine/machine';
import { walk } from '../machine/path-walk';
import { asText, type RawOutput, type RunOptions } from '../session/run';
import type { ServiceUser } from '../machine/service-user';
import { whose } from '../machine/whose';
import { type HelperParameters, helperPath } from './parameters';
import { parametersOf } from './text';

const LARGEST_HELPER = 64 * 1024;

/** What to do about a helper that is not the right one. */
const anew = (server: string): string =>
  `Make it again: kanilink helper FLEET --server ${server}, and install what that prints.`;

/**
 * The helper that lies on the server for this unit, once it was seen to be one that only root can change, letter for letter
 * one that this program makes, and made for the service as it is.
 * @param config where the server's configuration lies; null: that is not known yet.
 * @returns null: there is none; `helper-changed`, `helper-outdated` where it is not to be used.
 */
export async function installedHelper(
  machine: Machine,
  config: string | null,
  signal: AbortSignal,
): Promise<Result<HelperParameters | null>> {
  const path = helperPath(machine.unit);
  const way = await walk((argv, limit) => machine.run(argv, limit), path, signal);
  if (!way.ok) return way;
  if (way.value?.exists !== true) return ok(null);
  const last = way.value.passed.at(-1);
  const verdict = whose(way.value.passed, 'read', null);
  const roots = 'uid' in verdict && verdict.uid === 0 && last?.kind === 'file' && last.uid === 0;
  if (!roots || (last.mode & 0o022) !== 0)
    return fail(
      helperFault(
        machine.where,
        path,
        'helper-changed',
        'can be changed by others than root, so it is not run',
      ),
    );
  const text = await machine.run(contentOf(path), signal, { maxBytes: LARGEST_HELPER });
  if (!text.ok) return text;
  const parameters = text.value.exitCode === 0 ? parametersOf(text.value.stdout) : null;
  if (parameters === null)
    return fail(
      helperFault(
        machine.where,
        path,
        'helper-outdated',
        'is not one that this version of Kanilink makes: it was changed, or is older or newer',
      ),
    );
  const service = await machine.serviceUser(signal);
  if (!service.ok) return service;
  const differs = difference(parameters, machine, config, service.value);
  if (differs === null) return ok(parameters);
  return fail(madeForAnother(machine.where, path, differs));
}

const helperFault = (where: ServerPlace, path: string, code: string, what: string): Fault =>
  faultAt(where, code, `the helper ${path} ${what}`, anew(where.server), { file: path });

const madeForAnother = (where: ServerPlace, path: string, what: string): Fault =>
  helperFault(where, path, 'helper-outdated', `was made for another ${what} than the server has now`);

function difference(
  parameters: HelperParameters,
  machine: Machine,
  config: string | null,
  service: ServiceUser,
): string | null {
  if (parameters.unit !== machine.unit) return 'unit';
  if (parameters.server !== machine.where.server) return 'name of the server in the fleet';
  if (config !== null && parameters.config !== config) return 'configuration';
  const user = JSON.stringify(parameters.user) === JSON.stringify(userOf(service));
  return user ? null : 'user who runs kanidmd';
}

/** Who runs the service, as a helper has it written in. */
export const userOf = ({ identity, dynamic }: ServiceUser): HelperParameters['user'] =>
  dynamic === null
    ? { uid: identity.uid, gid: identity.gid, groups: [...identity.groups] }
    : { dynamic: { ...dynamic } };

/** A helper's own words for why it did nothing. */
export interface Refusal {
  readonly word: string;
  readonly about: string;
}

/** Runs the helper, and tells its refusals from the programs' own answers. */
export class Helper {
  constructor(
    readonly machine: Machine,
    readonly parameters: HelperParameters,
  ) {}

  get path(): string {
    return helperPath(this.parameters.unit);
  }

  async run(argv: readonly string[], signal: AbortSignal, options?: RunOptions): Promise<Result<Output>> {
    const raw = await this.raw(argv, signal, options);
    return raw.ok ? ok(asText(raw.value)) : raw;
  }

  raw(argv: readonly string[], signal: AbortSignal, options?: RunOptions): Promise<Result<RawOutput>> {
    return this.machine.bySudo([this.path, ...argv], signal, options);
  }

  refusal(output: Output): Refusal | null {
    const said = /^kanilink-helper: ([a-z-]+)(?: (.*))?$/m.exec(output.stderr);
    return output.exitCode === 75 && said ? { word: said[1] ?? '', about: said[2] ?? '' } : null;
  }

  /** The fault for an answer that should have been good. */
  failed(verb: string, output: Output): Fault {
    const refused = this.refusal(output);
    const { where } = this.machine;
    const detail = output.stderr.trim().slice(0, 2_000);
    if (refused?.word === 'not-roots' || refused?.word === 'folder-not-safe')
      return faultAt(
        where,
        'folder-not-safe',
        `the helper does not work in ${refused.about}: others may write there`,
        'Let the folder and all above it belong to root, or to the user who runs kanidmd, and let nobody else write there (chmod go-w). Nothing was changed.',
        { file: refused.about, detail },
      );
    if (/No space left on device|Disk quota exceeded/.test(output.stderr))
      return faultAt(where, 'disk-full', `the disk is full at ${verb}`, 'Make room there, then try again.', {
        detail,
      });
    return faultAt(
      where,
      'helper-failed',
      `the helper’s ${verb} failed with exit code ${output.exitCode ?? 'none'}`,
      refused === null ? 'Look at the disk and at the folders on the server.' : anew(where.server),
      { detail },
    );
  }

  outdated(what: string): Fault {
    return madeForAnother(this.machine.where, this.path, what);
  }

  cannot(what: string, file?: string): Fault {
    return faultAt(
      this.machine.where,
      'helper-cannot',
      `the helper on the server cannot do this: ${what}`,
      anew(this.machine.where.server),
      file === undefined ? {} : { file },
    );
  }
}
