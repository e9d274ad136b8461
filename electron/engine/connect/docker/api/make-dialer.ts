import { fail, ok, type Result } from '../../../../../shared/base/result';
import type { Prompter } from '../../connection';
import { type ServerPlace, faultAt } from '../../common/faults';
import { cancelled, stopFault } from '../../common/limits';
import { dockerFolder, readContext } from './context';
import type { Dialer, DialSsh } from './dialer';
import { dialSocket, dialTls } from './dial-socket';
import { TLS_PORT } from '../../../../../shared/connect/docker/endpoint';
import { readEndpoint } from './endpoint';
import type { DockerEngineTarget } from './target';
import { authorityIn, readTlsFiles } from './tls-files';
import { notBelieved } from '../../common/this-machine';

/** Finds the way to an engine that the fleet names. Only that: `DOCKER_HOST` and the current context have no say. */
export async function makeDialer(
  target: DockerEngineTarget,
  where: ServerPlace,
  prompter: Prompter,
  signal: AbortSignal,
  dialSsh: DialSsh,
): Promise<Result<Dialer>> {
  const folder = dockerFolder(target);
  const endpoint = readEndpoint(target.endpoint, where);
  if (!endpoint.ok) return endpoint;
  if (endpoint.value.kind !== 'context') {
    const certificates = { folder: target.certificates ?? folder, named: target.certificates !== null };
    return dialerFor(target, target.endpoint, certificates, where, prompter, signal, dialSsh);
  }
  const context = await readContext(folder, endpoint.value.name, where);
  if (!context.ok) return context;
  if (context.value.unchecked)
    return fail(
      faultAt(
        where,
        'engine-tls-unchecked',
        'this context does not check the engine’s certificate (SkipTLSVerify), so anybody could answer for it',
        'Give the context the engine’s CA: docker context update --docker "host=…,ca=…,cert=…,key=…".',
      ),
    );
  return dialerFor(
    target,
    context.value.endpoint,
    { folder: context.value.tlsFolder, named: false },
    where,
    prompter,
    signal,
    dialSsh,
  );
}

async function dialerFor(
  target: DockerEngineTarget,
  text: string,
  certificates: { readonly folder: string; readonly named: boolean },
  where: ServerPlace,
  prompter: Prompter,
  signal: AbortSignal,
  dialSsh: DialSsh,
): Promise<Result<Dialer>> {
  const endpoint = readEndpoint(text, where);
  if (!endpoint.ok) return endpoint;
  switch (endpoint.value.kind) {
    case 'socket':
      return ok(dialSocket({ path: endpoint.value.path }));
    case 'ssh':
      return dialSsh({ ...target, endpoint: text }, where, prompter);
    case 'context':
      return fail(
        faultAt(where, 'endpoint-invalid', 'a context leads to another context', 'Correct the context.'),
      );
    case 'tcp': {
      const { host, port } = endpoint.value;
      const files = await readTlsFiles(certificates.folder, where);
      if (!files.ok) return files;
      const authority = authorityIn(certificates.folder);
      if (files.value !== null && !((await target.believed?.believes(authority, files.value.ca)) ?? true))
        return fail(notBelieved(where, authority));
      if (files.value !== null) return ok(dialTls(host, port, files.value));
      if (certificates.named || port === TLS_PORT)
        return fail(certificatesMissing(where, certificates.folder));
      const question = { server: target.id, endpoint: text };
      const accepted = (await prompter.acceptBareEngine?.(question, signal)) ?? false;
      if (signal.aborted)
        return fail(signal.reason instanceof Error ? cancelled(where, 'connecting') : stopFault(signal));
      return accepted ? ok(dialSocket({ host, port })) : fail(bareDeclined(where));
    }
  }
}

const certificatesMissing = (where: ServerPlace, folder: string) =>
  faultAt(
    where,
    'engine-certificates-missing',
    `there are no client certificates in ${folder}`,
    'Put ca.pem, cert.pem and key.pem for this engine there, or name their folder: certificates = "…".',
  );

const bareDeclined = (where: ServerPlace) =>
  faultAt(
    where,
    'engine-not-protected',
    'this endpoint has no TLS: anyone who can reach it is root on that machine, and nothing proves who answers',
    'Protect the engine with --tlsverify, or use ssh://user@host.',
  );
