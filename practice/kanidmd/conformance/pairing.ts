import type { Link, Practice, PracticeServer, ServerOptions } from './practice-server';

/** Servers that ran once, so that each has a database and a certificate; all are stopped. */
export async function readyServers(
  practice: Practice,
  names: readonly string[],
  options: ServerOptions = {},
): Promise<{ server: PracticeServer; certificate: string }[]> {
  const servers = await Promise.all(names.map((name) => practice.server(name, options)));
  return Promise.all(
    servers.map(async (server) => {
      await server.start();
      await server.waitFor(/replication_cert_not_before/);
      await server.stop();
      return { server, certificate: server.storedCertificate() };
    }),
  );
}

/** A link to a server made ready. */
export function linkTo(
  partner: { server: PracticeServer; certificate: string },
  more: Partial<Link> = {},
): Link {
  return { to: partner.server, certificate: partner.certificate, ...more };
}

/** Two servers that pin each other, the second refreshed from the first, both running. */
export async function makePair(
  practice: Practice,
  [first, second]: readonly [string, string],
  options: ServerOptions = {},
): Promise<{ a: PracticeServer; b: PracticeServer; certA: string; certB: string }> {
  const [one, two] = await readyServers(practice, [first, second], options);
  if (!one || !two) throw new Error('two servers were asked for');
  one.server.configure([linkTo(two)]);
  two.server.configure([linkTo(one)]);
  const mark = two.server.mark();
  await Promise.all([one.server.start(), two.server.start()]);
  await two.server.waitFor(/You must manually resolve/, mark);
  await two.server.run('refresh-replication-consumer', '--i-want-to-refresh-this-servers-database');
  await one.server.waitFor(/Incremental Replication Success/);
  await two.server.waitFor(/Incremental Replication Success/);
  return { a: one.server, b: two.server, certA: one.certificate, certB: two.certificate };
}
