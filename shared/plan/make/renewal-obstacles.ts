import { partnerNames } from '../../kanidmd/partner-names';
import type { ObservedServer } from '../../observed/observed';
import type { RuleCode } from '../../fleet/rules/registry';
import type { ServerId } from '../../base/names';
import type { OwnerOf } from '../../fleet/model/owners';
import { partnersOf } from '../../server-config/server-config';

/** Why a certificate cannot be renewed now. */
export interface Obstacle {
  readonly code: RuleCode;
  readonly message: string;
  readonly fix: string;
  /** The partner that is why. */
  readonly partner?: ServerId;
}

/**
 * What keeps a renewal from being finished. Half a renewal leaves no pull of the server working, so each of these stops it
 * before it begins (`kanidm.md`, "Rules to check").
 * @param mustPin servers that could have to pin the new certificate.
 */
export function renewalObstacles(
  server: ObservedServer,
  mustPin: readonly ObservedServer[],
  ownerOf: OwnerOf,
): readonly Obstacle[] {
  const { id } = server;
  const found: Obstacle[] = [];
  const add = (code: RuleCode, message: string, fix: string, partner?: ServerId): void =>
    void found.push({ code, message, fix, ...(partner === undefined ? {} : { partner }) });
  if (!server.certificate)
    add(
      'no-certificate',
      `${id} shows no replication certificate, so there is none to renew.`,
      `Make sure that ${id} runs and has [replication]; kanilink apply gives it one.`,
    );
  for (const it of mustPin) {
    if (it.config === null || it.state !== 'running')
      add(
        'partner-not-running',
        `${it.id} ${it.config === null ? 'cannot be read' : 'does not run'}: it could not be given the new certificate of ${id}.`,
        `Bring ${it.id} back, then renew.`,
        it.id,
      );
    const pins = partnersOf(it.config).some((table) => ownerOf(table) === id);
    if (pins && it.certificate === null)
      add(
        'partner-without-certificate',
        `${it.id} shows no certificate, so its pulls could not be proved.`,
        `Read ${it.id}’s log, then renew.`,
        it.id,
      );
  }
  const tables = partnersOf(server.config);
  for (const table of tables.filter((it) => ownerOf(it) === null))
    add(
      'unknown-partner-blocks-renewal',
      `${id} has a partner the fleet does not know (${table.origin}): the new certificate would not be pinned there.`,
      'Add it to the fleet, or list its origin under [[removed]] and deploy.',
    );
  for (const { origin, resolves } of partnerNames(server.log, tables))
    if (resolves === 'no')
      add(
        'partner-name-not-found',
        `${id} cannot resolve ${origin}: its renewal would never end.`,
        `Fix DNS on ${id}, or take that partner out, then renew.`,
      );
  return found;
}
