import * as kanidmd from '../../common/kanidmd-arguments';
import type { Inspected } from '../api/container';

/** Reads it out of the container's own command; the image has only this one program (`kanidm.md`, "Container image"). */
export const serverCommand = (seen: Pick<Inspected, 'Path' | 'Args'>): kanidmd.ServerCommand =>
  kanidmd.serverCommand([seen.Path, ...seen.Args]);

/** True for a container that runs kanidmd, as far as its command or image tells. */
export const looksLikeKanidmd = (command: string, image: string): boolean =>
  /(^|[\s/])[\w-]*kanidmd(\.\w+)?(\s|$)/.test(command) || /(^|[/-])kanidm/.test(image);

/** `NAME=value` lines as a record; the first `=` parts them. */
export const environmentOf = (seen: { readonly Config: Pick<Inspected['Config'], 'Env'> }) =>
  Object.fromEntries(
    seen.Config.Env.map((line): [string, string] => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
