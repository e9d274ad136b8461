import { writeFile } from '../commands/write-file';
import { plainStep, type StepDescriptor } from './descriptor';
import { z } from 'zod';
import { certificate } from '../../certificates/certificate';
import { ids } from '../../base/ids';
import { configChange, partner } from '../../server-config/server-config';
import { anyStep, later, unreadFile } from './any-step';

/** A change to a file; a pin may only be known once a step has run. */
const plannedChange = z.discriminatedUnion('kind', [
  ...configChange.options,
  z
    .object({
      kind: z.literal('pin-partner'),
      partner: partner.unwrap().omit({ certificate: true }).readonly(),
      of: ids.server,
      certificate: later(certificate),
    })
    .readonly(),
]);
export type PlannedChange = z.output<typeof plannedChange>;

/** Writes server.toml and restarts: test a copy, replace, restart, wait until healthy; undone if it does not come back. */
export const schema = z
  .object({
    ...anyStep,
    action: z.literal('configure'),
    /** The file this step starts from: as probed, or as an earlier step of this plan leaves it. */
    from: z.union([z.object({ sha256: ids.sha256 }).readonly(), z.object({ after: ids.step }).readonly()]),
    path: z.string(),
    changes: z.array(plannedChange).readonly(),
    ...unreadFile,
    /** What the file must pull from afterwards: checked on the bytes before they are written. */
    pullsFrom: z.array(ids.origin).readonly(),
  })
  .readonly();
export type ConfigureStep = z.output<typeof schema>;

export const kind: StepDescriptor<ConfigureStep> = {
  ...plainStep,
  label: 'writes and restarts',
  past: { pulls: false, words: (servers) => `server.toml is as planned on ${servers.join(' and ')}.` },
  changes: true,
  undo: 'puts-file-back',
  restarts: () => true,
  looksAt: (step) => step.changes.flatMap((it) => (it.kind === 'pin-partner' ? [it.of] : [])),
  commands: (step, context) => writeFile(step, knownPins(step), context),
};

/** The certificates it pins that are known already. */
const knownPins = ({ changes }: ConfigureStep) =>
  changes.flatMap((it) =>
    it.kind === 'pin-partner' && 'known' in it.certificate
      ? [{ of: it.of, text: it.certificate.known.text }]
      : [],
  );
