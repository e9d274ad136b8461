import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readLine } from '../log-line';
import { lacks } from '../../versions/versions';
import { allCauses } from '.';

const recorded = new URL('../../../test/recorded/', import.meta.url);
const field = new URL('../../../test/field/logs/', import.meta.url);

/** Every message of trouble that was recorded, with the version that printed it. */
function* recordedTrouble(): Generator<readonly [version: string, message: string]> {
  for (const folder of readdirSync(recorded).filter((name) => /^kanidmd-[\d.]+$/.test(name)))
    for (const name of readdirSync(new URL(`${folder}/`, recorded)).filter((it) => it.endsWith('.log')))
      for (const line of readFileSync(new URL(`${folder}/${name}`, recorded), 'utf8').split('\n')) {
        const parsed = readLine(line);
        if (parsed?.level === 'error' || parsed?.level === 'warn')
          yield [folder.replace('kanidmd-', ''), parsed.message];
      }
  for (const name of readdirSync(field)) {
    const { consumer, supplier } = JSON.parse(readFileSync(new URL(name, field), 'utf8')) as {
      consumer: string[];
      supplier: string[];
    };
    for (const lines of [consumer, supplier]) {
      const version = /version: ([\d.]+)/.exec(lines.join('\n'))?.[1];
      for (const line of lines) {
        const parsed = readLine(line);
        if (version !== undefined && (parsed?.level === 'error' || parsed?.level === 'warn'))
          yield [version, parsed.message];
      }
    }
  }
}

it('are printed by the versions they are tied to', () => {
  let seen = 0;
  for (const [version, message] of recordedTrouble())
    for (const cause of allCauses)
      for (const { says, since, before } of cause.phrases)
        if (says.test(message)) {
          seen += 1;
          const context = `${cause.code} ${String(says)} in ${version}: ${message.slice(0, 120)}`;
          if (since !== undefined) expect(lacks(version, since), context).toBe(false);
          if (before !== undefined) expect(lacks(version, before), context).toBe(true);
        }
  expect(seen).toBeGreaterThan(50);
});

it('take no time over hostile text', () => {
  for (const filler of ['/', '{', 'a', ' ', "'", '🚨', 'Replication client TLS setup error '])
    for (const { phrases } of allCauses)
      for (const { says } of phrases) says.test(`${filler.repeat(100_000)}!`);
});
