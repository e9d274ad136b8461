import { createServer } from 'node:https';
import { posix } from 'node:path';
import { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ok } from '../../../shared/base/result';
import { fakeConnection } from '../../../electron/engine/connect/fake/fake-connection';
import type { FakeProgram } from '../../../electron/engine/connect/fake/fake-program';
import { FakeServer } from '../../../electron/engine/connect/fake/fake-server';
import { fakeServer } from '../../support/fake-deployment';
import { makeTlsCertificate } from '../../../practice/host/certificates';
import { practiceRefuses } from '../../support/practice-config';
import type { Seat } from './seat';

const HTTPS = 8443;
const BACKUP = {
  ...{ version: '1.10', db_s_uuid: 's', db_d_uuid: 'd', db_ts_max: { secs: 1, nanos: 0 } },
  ...{ repl_meta: { V1: { ruv: [] } }, entries: [] },
};

/** Two streams, each of which reads what the other writes. */
function wire(): readonly [Duplex, Duplex] {
  const ends: Duplex[] = [1, 0].map(
    (other) =>
      new Duplex({
        read: () => undefined,
        write: (chunk, _, done) => {
          ends[other]?.push(chunk);
          done();
        },
      }),
  );
  return [ends[0]!, ends[1]!];
}

/** Does as it is told, as `told.ts` of a real machine. */
const told: FakeProgram = async function* (argv) {
  running.add(argv);
  try {
    return yield* obeyed(argv);
  } finally {
    running.delete(argv);
  }
};
const running = new Set<readonly string[]>();

const obeyed: FakeProgram = async function* (argv) {
  const [what = '', ...rest] = argv;
  switch (what) {
    case 'version':
      yield { out: `kanidmd told ${JSON.stringify(rest)}\n` };
      return 0;
    case 'fails':
      yield { out: 'out' };
      yield { err: 'err' };
      return 7;
    case 'bytes':
      yield { out: Uint8Array.from([97, 255, 98]) };
      return 0;
    case 'hang':
      return new Promise<number>(() => undefined);
    case 'flood': {
      const mega = Buffer.alloc(1 << 20, 'f');
      for (let left = 1024; left > 0; left--) yield { out: mega };
      return 0;
    }
    default:
      yield { out: JSON.stringify(argv) };
      return 0;
  }
};

/** The two servers of the contract in memory. */
export async function fakeSeat(): Promise<Seat> {
  const { chain: cert, key } = await makeTlsCertificate(['idm.example.com']);
  const web = createServer({ cert, key }, (_, reply) => reply.end('true'));
  const held = fakeServer('held', [], { refuses: practiceRefuses() });
  const other = new FakeServer({
    ...{ id: 'told', config: '', configPath: '/etc/told.toml', program: told },
    ...{ domain: held.domain, certificate: held.certificate },
  });
  held.dials = ({ port }) =>
    new Promise((resolve) => {
      if (port !== HTTPS) return resolve(null);
      // The two ends of a wire: a web server's and ours.
      const [there, here] = wire();
      web.emit('connection', there);
      resolve(ok(here));
    });
  held.backupHead = () => gzipSync(JSON.stringify(BACKUP));
  let lines = 0;
  const printing = setInterval(() => other.log.write(`line ${++lines}`), 2);
  const { files } = held;
  return {
    open: () => Promise.resolve(fakeConnection(held)),
    openTold: () => Promise.resolve(fakeConnection(other)),
    config: held.configPath,
    data: posix.dirname(held.configPath),
    running: (word) => [...running].filter((argv) => argv.includes(word)).length,
    manager: 'unknown',
    https: { port: HTTPS, inReach: true },
    hands: {
      put: (path, text, about) => files.put(path, text, about),
      link: (target, path) => files.link(posix.basename(target), path),
      get: (path) => files.text(path) ?? '',
      about: (path) => {
        const stat = files.stat(path);
        if (stat === null) throw new Error(`there is no ${path}`);
        return { uid: stat.uid, gid: stat.gid, mode: stat.mode };
      },
      isLink: (path) => files.isLink(path),
      list: (folder) => files.list(folder),
    },
    cut: () => [held, other].forEach((it) => it.cut()),
    close: () => Promise.resolve(clearInterval(printing)),
  };
}
