import { printCertificate } from '../certificate';
import { adminLimit } from '../clock';
import { writeBackup } from '../data/backup';
import { answerPractice } from '../data/practice-changes';
import type { CertificateRequest, Replication } from '../replication/replication';
import { Span } from '../span';
import type { AdminAnswer, AdminAsk } from '../admin-protocol';
import type { Context } from '../context';

/**
 * Answers the commands of the admin socket, each in a span `handle_admin_client_request`.
 * @param replication undefined on a server without `[replication]`.
 */
export async function handleAdminRequest(
  ask: AdminAsk,
  pid: number,
  replication: Replication | undefined,
  context: Context,
): Promise<AdminAnswer> {
  const { log } = context;
  const practice = answerPractice(ask, context.database, context.clock.now());
  if (practice) return practice;
  log.info('Allowing admin socket access', [['pid', `Some(${pid})`]]);
  const span = new Span('handle_admin_client_request', [], 0.05 + Math.random() / 20);
  const answer = await perform(ask, span, replication, context);
  log.finish(span);
  return answer;
}

async function perform(
  ask: AdminAsk,
  span: Span,
  replication: Replication | undefined,
  context: Context,
): Promise<AdminAnswer> {
  const { database } = context;
  if (ask.what === 'domain-show') {
    span.add(new Span('handle_domain_show', [], 0.11));
    const { domainName, domainUuid, domainLevel } = database.now;
    const displayName = `Kanidm ${domainName}`;
    return { answer: 'domain', name: domainName, displayName, uuid: domainUuid, level: domainLevel };
  }
  if (ask.what === 'backup') {
    // It says nothing, to nobody: an existing file or an unwritable folder looks like a success (measured).
    writeBackup(ask.path, database.now, 'modern');
    return { answer: 'success' };
  }
  if (!replication) {
    span.error('replication not configured, unable to proceed.');
    return { answer: 'error' };
  }
  if (ask.what === 'refresh-consumer') return refresh(replication, span, context);
  if (ask.what === 'renew-certificate') void replication.renew();
  return certificate(replication, ask.what === 'renew-certificate', span, context);
}

async function certificate(
  replication: Replication,
  renewed: boolean,
  span: Span,
  context: Context,
): Promise<AdminAnswer> {
  // A renewal has begun when its request is answered: the certificate asked for here is the one after it.
  if (renewed) await replication.renewing();
  const request: CertificateRequest = replication.certificate();
  const keyCert = await withLimit(request.answer, context);
  if (keyCert) return { answer: 'certificate', certificate: printCertificate(keyCert, context.version) };
  request.gone = true;
  span.error('timed out waiting for replication certificate response.');
  return { answer: 'error' };
}

async function refresh(replication: Replication, span: Span, context: Context): Promise<AdminAnswer> {
  const request = replication.refresh();
  const result = request ? await withLimit(request.result, context) : 'lost';
  if (result === 'success') {
    span.info('Replication refresh success');
    return { answer: 'success' };
  }
  if (request && result === undefined) {
    request.abandoned = true;
    span.error('timed out waiting for replication refresh completion.');
  } else span.error('Replication refresh failed. Please inspect the logs.');
  return { answer: 'error' };
}

async function withLimit<T>(promise: Promise<T>, context: Context): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(
      () => resolve(undefined),
      context.clock.milliseconds(adminLimit.seconds, adminLimit.floorMs),
    );
  });
  const result = await Promise.race([promise, limit]);
  clearTimeout(timer);
  return result;
}
