import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { MainWindow } from '../../e2e/pages/main-window';
import { until } from '../../e2e/support/until';
import type { Desk } from './desk';

const START_LIMIT_MS = 90_000;
const ENTRY = '/usr/share/applications/kanilink.desktop';

/** Prints the app's main process: the one without a type, and no program without a window. */
const MAIN_PROCESS = `for process in /proc/[0-9]*; do
  [ "$(readlink $process/exe)" = /opt/Kanilink/kanilink ] || continue
  grep -qz -e '--type=' -e '--kanilink-program=' $process/cmdline || echo "\${process#/proc/}"
done`;

/** The installed app, started as its menu entry says. */
export interface Started {
  readonly window: MainWindow;
  /** Its main process, in the machine. */
  readonly pid: string;
  /** Ends it at once, as a power cut does. */
  end(): Promise<void>;
}

/** Starts it as ada, as somebody who opens `uri` does (Desktop Entry Specification, "The Exec key"). */
export async function startFromMenu(desk: Desk, display: string, uri: string | null): Promise<Started> {
  const exec = /^Exec=(.*)$/m.exec(desk.root('cat', ENTRY))?.[1] ?? '';
  const argv = exec
    .split(' ')
    .flatMap((word) => (word === '%U' ? (uri === null ? [] : [uri]) : [word.replaceAll('"', '')]));
  // Chromium's own switch; none of Node's, which the shipped app refuses.
  const words = [...argv, '--remote-debugging-port=0'];
  const portFile = join(desk.home, '.config', 'Kanilink', 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  let said = '';
  const child = spawn('docker', desk.asAda(words, { DISPLAY: display }), { env: desk.dockerEnv });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const why = (): string => `${words.join(' ')}\n${said.slice(-3000)}`;
  try {
    const port = await until(
      `the app says where it is reached: ${why()}`,
      () => existsSync(portFile) && readFileSync(portFile, 'utf8').split('\n')[0],
      START_LIMIT_MS,
    );
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const page = await until(
      'the window is there',
      () =>
        browser
          .contexts()
          .flatMap((context) => context.pages())
          .find((each) => each.url().startsWith('app:')),
      START_LIMIT_MS,
    );
    page.setDefaultTimeout(30_000);
    const pid = desk.root('sh', '-c', MAIN_PROCESS);
    return {
      window: new MainWindow(page),
      pid,
      end: async () => {
        desk.root('kill', '-KILL', pid);
        await gone;
        await browser.close();
      },
    };
  } catch (cause) {
    throw new Error(why(), { cause });
  }
}

/** Whether every page of the app is in Chromium's sandbox: namespaces of its own, and a filter of system calls. */
export function sandboxes(
  desk: Desk,
  pid: string,
): readonly { readonly own: boolean; readonly filter: string }[] {
  const script = `for status in /proc/[0-9]*/status; do
    process=\${status%/status}
    [ "$(readlink $process/exe)" = /opt/Kanilink/kanilink ] || continue
    grep -qz -- --type=renderer $process/cmdline 2>/dev/null || continue
    [ "$(readlink $process/ns/pid)" = "$(readlink /proc/${pid}/ns/pid)" ] && own=no || own=yes
    echo "$own $(sed -n 's/^Seccomp:\\s*//p' $status)"
  done`;
  return desk
    .root('sh', '-c', script)
    .split('\n')
    .map((line) => line.split(' '))
    .map(([own, filter = '']) => ({ own: own === 'yes', filter }));
}
