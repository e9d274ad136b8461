import { parseArgs } from 'node:util';
import type { PracticeFleetOptions } from './fleet';

/** What the command line of practice-host asks for. */
export interface HostArguments {
  readonly fleet: Omit<PracticeFleetOptions, 'kanidmd'>;
  /** End when stdin closes: the process that started this one has gone. */
  readonly untilStdinCloses: boolean;
  /** The words that start a practice kanidmd; none: the file beside this program, by the same Node. */
  readonly kanidmd: readonly string[];
}

export const USAGE = `usage: practice-host [--root DIR] [--servers N] [--version [ID=]VERSION]... [--speed N] [--linked]
                     [--poll-interval SECONDS] [--no-known-hosts] [--password SECRET] [--passphrase SECRET]
                     [--until-stdin-closes] [--remove] [--kanidmd=WORD]...
`;

/** @throws with a sentence for the person when an argument is wrong. */
export function readArguments(argv: readonly string[]): HostArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      root: { type: 'string' },
      servers: { type: 'string', default: '2' },
      version: { type: 'string', multiple: true, default: [] },
      speed: { type: 'string', default: '1' },
      linked: { type: 'boolean', default: false },
      'poll-interval': { type: 'string', default: '5' },
      'no-known-hosts': { type: 'boolean', default: false },
      password: { type: 'string' },
      passphrase: { type: 'string' },
      'until-stdin-closes': { type: 'boolean', default: false },
      remove: { type: 'boolean', default: false },
      kanidmd: { type: 'string', multiple: true, default: [] },
    },
  });
  const own = values.version.filter((version) => version.includes('='));
  const common = values.version.find((version) => !version.includes('='));
  return {
    fleet: {
      servers: positive('--servers', values.servers),
      speed: positive('--speed', values.speed),
      pollIntervalSeconds: positive('--poll-interval', values['poll-interval']),
      linked: values.linked,
      knownHosts: !values['no-known-hosts'],
      remove: values.remove,
      versions: Object.fromEntries(own.map((version) => splitOnce(version))),
      ...(common === undefined ? {} : { version: common }),
      ...(values.root === undefined ? {} : { root: values.root }),
      ...(values.password === undefined ? {} : { password: values.password, keyLogin: false }),
      ...(values.passphrase === undefined ? {} : { passphrase: values.passphrase }),
    },
    untilStdinCloses: values['until-stdin-closes'],
    kanidmd: values.kanidmd,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${name} takes a number above 0, not '${text}'.`);
  return number;
}

function splitOnce(text: string): [string, string] {
  const equals = text.indexOf('=');
  return [text.slice(0, equals), text.slice(equals + 1)];
}
