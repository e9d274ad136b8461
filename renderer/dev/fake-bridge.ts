import { asks, type Bridge, type FromWindow, streams, type ToWindow } from '../../shared/ipc';
import { fail, ok } from '../../shared/base/result';
import { answersOf } from './answers-of';
import { emptiest } from './emptiest';
import { fleets } from './fleets';
import { foundServers } from './found-servers';
import { rest, Simulation } from './simulation';

interface Wishes {
  readonly openAtStart: string | null;
  readonly theme: 'light' | 'dark';
  readonly speed: number;
}

/** A bridge to a simulated engine, for looking at the window in a browser. Never part of the app. */
export function createFakeBridge(
  wishes: Wishes,
): Bridge & { readonly simulation: Simulation; push(message: ToWindow): void } {
  const listeners = new Set<(message: unknown) => void>();
  const files = new Map(Object.entries(fleets));
  const simulation = new Simulation(wishes.speed);
  const open = new Map<string, () => void>();
  const push = (message: ToWindow): void => {
    for (const listener of listeners) listener(structuredClone(message));
  };

  async function answer(message: FromWindow & { kind: 'ask' }): Promise<unknown> {
    await rest(120 / wishes.speed);
    switch (message.name) {
      case 'fleet.load': {
        const { path } = asks['fleet.load'].question.parse(message.question);
        const text = files.get(path);
        return text === undefined
          ? fail({
              code: 'file-not-found',
              message: 'There is no such file.',
              fix: 'Choose another one.',
              where: { file: path },
            })
          : ok({ path, text, trusted: true });
      }
      case 'fleet.trust':
        return ok({ trusted: true, notKept: null });
      case 'fleet.save': {
        const { path, text } = asks['fleet.save'].question.parse(message.question);
        files.set(path, text);
        return ok({ path });
      }
      case 'server.test': {
        const { fleet, server } = asks['server.test'].question.parse(message.question);
        await rest(500 / wishes.speed);
        return ok(simulation.report(fleet, server));
      }
      case 'fleet.status':
        return ok(simulation.status(asks['fleet.status'].question.parse(message.question).fleet));
      case 'fleet.plan': {
        await rest(500 / wishes.speed);
        return ok(simulation.plan(asks['fleet.plan'].question.parse(message.question).fleet));
      }
      case 'fleet.certificates': {
        const { servers } = simulation.status(
          asks['fleet.certificates'].question.parse(message.question).fleet,
        );
        return ok({
          servers: servers.map(({ id, certificate }) => ({ id, certificate, daysLeft: null, pinnedBy: [] })),
          problems: [],
        });
      }
      case 'fleet.answers': {
        const { fleet, requests } = asks['fleet.answers'].question.parse(message.question);
        await rest(2_000 / wishes.speed);
        return ok(answersOf(fleet, requests));
      }
      case 'database.size':
        return ok({ bytes: 2_100_000 });
      case 'database.summary': {
        const { fleet, server } = asks['database.summary'].question.parse(message.question);
        await rest(500 / wishes.speed);
        return ok(simulation.summary(fleet, server));
      }
      case 'fleet.runbook':
        return ok({ markdown: '# Runbook\n' });
      case 'practice.start':
        await rest(600 / wishes.speed);
        return ok({ path: '/home/ada/practice/fleet.toml' });
      case 'ssh.aliases':
        return ok(['idm-a', 'rack2', 'cellar']);
      case 'servers.adopt':
        await rest(500 / wishes.speed);
        return ok(foundServers);
      case 'docker.containers':
        return ok([
          {
            id: 'f00d',
            name: 'idm-a',
            image: 'kanidm/server:1.10.5',
            isKanidmd: true,
            version: '1.10.5',
            state: 'running',
            ports: [':8443:443', ':8444:8444'],
          },
          {
            id: 'beef',
            name: 'proxy',
            image: 'nginx',
            isKanidmd: false,
            version: null,
            state: 'exited',
            ports: [],
          },
        ]);
      case 'docker.contexts':
        return ok([{ name: 'default', endpoint: 'unix:///var/run/docker.sock' }]);
      case 'dialog.open-fleet':
        return ok({ path: '/home/ada/home-lab/fleet.toml' });
      case 'dialog.save-fleet':
        return ok({ path: '/home/ada/new/fleet.toml' });
      case 'file.save-as':
        return ok({ path: '/home/ada/picture.svg' });
      case 'settings.read':
        return ok({
          theme: wishes.theme,
          readOnly: false,
          loginsEvery: 5,
          ruvEvery: 60,
          recent: ['/home/ada/home-lab/fleet.toml', '/home/ada/broken/fleet.toml'],
        });
      case 'app.about':
        return ok({
          version: '0.1.0',
          electron: '33',
          logFile: '/tmp/kanilink.log',
          openAtStart: wishes.openAtStart,
          troubles: [],
        });
      default:
        return emptiest(asks[message.name].answer);
    }
  }

  async function stream(message: FromWindow & { kind: 'open' }): Promise<void> {
    const { id, name } = message;
    let stopped = false;
    open.set(id, () => (stopped = true));
    // As over a real bridge, nothing comes before the call that opens the stream has returned.
    await rest(0);
    const items = (...list: unknown[]): void => push({ kind: 'items', id, items: list });
    // Nobody else writes the files here.
    if (name === 'file') return;
    if (name === 'deploy') {
      const { fleet } = streams.deploy.question.parse(message.question);
      for await (const event of simulation.deploy(fleet, () => stopped)) items(event);
      push({ kind: 'end', id, fault: null });
      return;
    }
    const { fleet } = streams.watch.question.parse(message.question);
    while (!stopped) {
      if (name === 'logs') items(...simulation.rounds(fleet));
      else items(simulation.status(fleet));
      await rest((name === 'logs' ? 2500 : 1000) / wishes.speed);
    }
  }

  return {
    simulation,
    push,
    listen: (receive) => {
      listeners.add(receive);
      return () => listeners.delete(receive);
    },
    send: (message) => {
      if (message.kind === 'ask')
        void answer(message).then((value) => push({ kind: 'answer', id: message.id, answer: value }));
      else if (message.kind === 'open') void stream(message);
      else if (message.kind === 'cancel') open.get(message.id)?.();
    },
  };
}
