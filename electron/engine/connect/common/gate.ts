import { ok, type Result } from '../../../../shared/base/result';
import { settle } from './limits';

/** Lets a number of holders in at a time; the others wait in order, each until its signals end the wait. */
export class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** @returns what to call, once, when leaving. */
  async enter(signals: readonly AbortSignal[]): Promise<Result<() => void>> {
    const leave = once(() => this.release());
    if (this.free > 0) {
      this.free--;
      return ok(leave);
    }
    return settle(signals, (done) => {
      const turn = () => done(ok(leave));
      this.waiting.push(turn);
      return () => {
        const place = this.waiting.indexOf(turn);
        if (place >= 0) this.waiting.splice(place, 1);
      };
    });
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
