import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogLine } from '../../../shared/kanidmd/evidence';
import { type Lab, until } from './lab';
import type { Answer } from './people';
import { type RealServer, tomlOf } from './server';

const RECORDED = fileURLToPath(new URL('../../recorded/', import.meta.url));

/** What a real command printed. */
export interface Recording {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Notes what real servers print, in the files that test/recorded/README.md describes. */
export interface Recorder {
  /** Runs kanidmd in a server's container. */
  command(name: string, server: RealServer, ...args: string[]): Promise<Recording>;
  /** A server's whole log since it was made, both outputs together. @returns its lines, 100 ms apart. */
  log(name: string, server: RealServer): Promise<readonly LogLine[]>;
  /**
   * An answer of its HTTPS. @param secrets parts of it that stand as `…` in the recording: a token, a session.
   */
  answer(name: string, answer: Answer, secrets: readonly string[]): void;
  /** The lines of its log that some requests left, by their `x-kanidm-opid`, in the order of the requests. */
  lines(name: string, server: RealServer, ids: readonly string[]): Promise<readonly string[]>;
  /** What became of a server with this server.toml. @returns `running` or `exited`. */
  config(name: string, server: RealServer): Promise<{ readonly state: string; readonly log: string }>;
  /** What the engine says of the container's HEALTHCHECK. @returns its word for it. */
  health(name: string, server: RealServer): Promise<string>;
}

/** Makes one; the recordings are kept only where KANILINK_TEST_RECORD is 1. */
export function makeRecorder(lab: Lab): Recorder {
  const folder = join(RECORDED, `kanidmd-${lab.kanidm.version}`);
  const keeping = process.env['KANILINK_TEST_RECORD'] === '1';
  if (keeping) mkdirSync(folder, { recursive: true });
  const keep = (file: string, text: string): void => {
    if (keeping) writeFileSync(join(folder, file), text);
  };
  const docker = (args: readonly string[]): Promise<Recording> =>
    new Promise((resolve, reject) => {
      const child = spawn('docker', ['--host', lab.engine.endpoint, ...args], {
        env: { PATH: process.env['PATH'], HOME: lab.engine.folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('error', reject).once('close', (exit) => resolve({ exit, stdout, stderr }));
    });
  const logOf = async (server: RealServer): Promise<string> => {
    const { stdout, stderr } = await docker(['logs', server.container]);
    return `${stdout}${stderr}`;
  };
  const stateOf = async ({ container }: RealServer): Promise<string> =>
    (
      await docker(['inspect', '--format', '{{.State.Status}} exit={{.State.ExitCode}}', container])
    ).stdout.trim();
  return {
    command: async (name, server, ...args) => {
      const argv = [lab.kanidm.program, ...args, '-c', '/data/server.toml'];
      const said = await docker(['exec', server.container, ...argv]);
      keep(`${name}.command`, `docker exec ${server.container} kanidmd ${args.join(' ')}\n`);
      keep(`${name}.exit`, `${said.exit}\n`);
      keep(`${name}.stdout`, said.stdout);
      keep(`${name}.stderr`, said.stderr);
      return said;
    },
    log: async (name, server) => {
      const text = await logOf(server);
      keep(`${name}.log`, text);
      return linesOf(text);
    },
    answer: (name, { status, headers, body }, secrets) => {
      const head = Object.entries(headers).flatMap(([key, value]) =>
        [value ?? []].flat().map((one) => `${key}: ${one}`),
      );
      const text = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...head, '', body].join('\n');
      keep(
        `${name}.http`,
        secrets.reduce((all, secret) => all.replaceAll(secret, '…'), text),
      );
    },
    lines: async (name, server, ids) => {
      const all = (await logOf(server)).split('\n');
      const lines = ids.flatMap((id) => all.filter((line) => line.startsWith(`${id} `)));
      keep(`${name}.log`, `${lines.join('\n')}\n`);
      return lines;
    },
    config: async (name, server) => {
      let log = '';
      // It has stopped, or it listens.
      await until(
        async () => {
          log = await logOf(server);
          return !(await stateOf(server)).startsWith('running') || /ready to rock/i.test(log);
        },
        () => `${server.container} neither runs nor has ended:\n${log.slice(-2000)}`,
      ).catch((error: unknown) => {
        // With its words sent elsewhere it says nothing.
        if (!/neither runs/.test(String(error))) throw error;
      });
      const state = await stateOf(server);
      keep(`given-${name}.log`, log);
      keep(`given-${name}.state`, `${state}\n`);
      keep(`given-${name}.server.toml`, tomlOf(server));
      return { state: state.split(' ')[0] ?? '', log };
    },
    health: async (name, server) => {
      const { stdout } = await docker(['inspect', '--format', '{{json .State.Health}}', server.container]);
      keep(`health-${name}.json`, `${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
      return (JSON.parse(stdout) as { readonly Status: string }).Status;
    },
  };
}

/** A recorded log as the engine hands it over: lines come 100 ms apart. */
export const linesOf = (text: string): readonly LogLine[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => ({ at: index * 100_000, text: line }));
