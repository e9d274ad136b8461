import { ok, type Result } from '../../../../shared/base/result';
import type { ServerFiles } from './files/files';
import { type Hands, ownHands } from './unit/hands';
import { helperHands } from './helper/helper-hands';
import { Helper, installedHelper } from './helper/installed';
import type { Machine } from './machine/machine';
import { serverFiles } from './files/server-files';

/** Whose hands work on a server, by what the login may do there. */
export class ChosenHands {
  /** The login's own, with what sudo gives it. */
  readonly own: Hands;
  private byHelper: Hands | null = null;

  /**
   * @param login files with the login's own rights.
   * @param program the server's kanidmd: a name or a path.
   */
  constructor(
    private readonly machine: Machine,
    private readonly login: ServerFiles,
    private readonly program: string,
  ) {
    this.own = ownHands(machine, serverFiles(machine, login), program);
  }

  /** The helper is looked at again before it is used again. */
  lookAgain(): void {
    this.byHelper = null;
  }

  /**
   * The order of choice: root, full sudo, the helper, and what a login may do by itself or by single lines of sudoers.
   * @param config where the server's configuration lies; null: that is not known yet.
   */
  async choose(config: string | null, signal: AbortSignal): Promise<Result<Hands>> {
    const rights = await this.machine.rights(signal);
    if (!rights.ok) return rights;
    if (rights.value.kind !== 'restricted') return ok(this.own);
    if (this.byHelper !== null) return ok(this.byHelper);
    const installed = await installedHelper(this.machine, config, signal);
    if (!installed.ok) return installed;
    if (installed.value === null) return ok(this.own);
    this.byHelper = helperHands(new Helper(this.machine, installed.value), this.login, this.program);
    return ok(this.byHelper);
  }
}
