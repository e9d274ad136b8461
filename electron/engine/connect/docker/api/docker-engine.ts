import { ok, type Result } from '../../../../../shared/base/result';
import { settle } from '../../common/limits';
import type { Pooled } from '../../common/pool';
import { type Dialer, DialingAgent, type Use } from './dialer';

/** What an engine says of itself. */
export interface DockerEngineAbout {
  readonly name: 'docker' | 'podman';
  /** Its own version: `20.10.24`. */
  readonly version: string;
  /** The version of the API that is spoken with it: `1.41`. */
  readonly api: string;
}

/**
 * One engine, shared by all its containers: the way to it, its streams, and what it is. What is said about one container
 * is said through a `DockerApi`.
 */
export class DockerEngine implements Pooled {
  private readonly over = new AbortController();
  private readonly agents: Readonly<Record<Use, DialingAgent>>;
  private known: DockerEngineAbout | null = null;
  private asking: Promise<Result<DockerEngineAbout>> | null = null;

  constructor(readonly dialer: Dialer) {
    this.agents = {
      call: new DialingAgent(() => dialer.dial('call'), dialer.spare),
      follow: new DialingAgent(() => dialer.dial('follow'), null),
    };
  }

  get ended(): AbortSignal {
    return this.over.signal;
  }

  /** What dials for a request, so that nobody else does. */
  agent(use: Use): DialingAgent {
    return this.agents[use];
  }

  /**
   * What the engine is, asked once; again after `forget`. Callers at once share one question, which none of them ends.
   * @param ask puts the question.
   */
  about(
    ask: () => Promise<Result<DockerEngineAbout>>,
    signal: AbortSignal,
  ): Promise<Result<DockerEngineAbout>> {
    if (this.known !== null) return Promise.resolve(ok(this.known));
    const asking = (this.asking ??= ask().then((about) => {
      this.asking = null;
      if (about.ok) this.known = about.value;
      return about;
    }));
    return settle([signal], (done) => void asking.then(done));
  }

  /** The engine was lost: what comes back in its place may be a newer one. */
  forget(): void {
    this.known = null;
  }

  async close(): Promise<void> {
    this.over.abort();
    for (const agent of Object.values(this.agents)) agent.destroy();
    await this.dialer.close();
  }
}
