import { ok, type Result } from '../../../../../shared/base/result';
import { showUnit } from '../commands/systemd';
import type { Machine } from '../machine/machine';
import { isUnitName, readProperties } from '../machine/systemctl';

/** More than anybody gives one unit. */
const MOST = 16;

/**
 * All names of the unit: the one that its file has, which is the same by whatever name it was asked for, then its aliases.
 * The name that the fleet has for it is always among them.
 */
export async function unitNames(
  machine: Pick<Machine, 'unit' | 'run'>,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
  const shown = await machine.run(showUnit(machine.unit, ['Id', 'Names']), signal);
  if (!shown.ok) return shown;
  const { Id = '', Names = '' } = readProperties(shown.value.stdout);
  const own = isUnitName(Id) ? Id : machine.unit;
  const aliases = Names.split(' ').filter((it) => it !== '' && isUnitName(it));
  const rest = [...aliases.slice(0, MOST), machine.unit].filter((it) => it !== own);
  return ok([own, ...[...new Set(rest)].sort()]);
}
