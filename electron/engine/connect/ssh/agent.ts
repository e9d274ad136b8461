import ssh2, { type BaseAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

/** An agent that shows only some of its keys (IdentitiesOnly), and can tell afterwards what came of it. */
export class FilteredAgent extends ssh2.BaseAgent<ParsedKey> {
  private shown: number | null = null;
  private trouble: string | null = null;

  /** @param only base64 public keys to show; null: all. */
  constructor(
    private readonly agent: BaseAgent,
    private readonly only: ReadonlySet<string> | null,
  ) {
    super();
  }

  override getIdentities(done: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
    this.agent.getIdentities((error: Error | null | undefined, keys?: unknown) => {
      if (error) {
        this.trouble = error.message;
        // No agent is no reason to stop: the key files come next.
        done(null, []);
        return;
      }
      const parsed = Array.isArray(keys) ? keys.flatMap(toKey) : [];
      const shown = parsed.filter((key) => this.only?.has(key.getPublicSSH().toString('base64')) ?? true);
      this.shown = shown.length;
      done(null, shown);
    });
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.agent.sign(key, data, options);
    else this.agent.sign(key, data, options, done);
  }

  /** In words, for the person: why the agent did not help. */
  outcome(): string {
    if (this.trouble !== null) return `not usable (${this.trouble})`;
    if (this.shown === 0) return this.only === null ? 'holds no keys' : 'holds none of the identities';
    return `${this.shown ?? 0} ${this.shown === 1 ? 'key' : 'keys'} offered, none accepted`;
  }
}

const toKey = (key: unknown): ParsedKey[] => {
  const parsed: ParsedKey | Error = isParsed(key)
    ? key
    : ssh2.utils.parseKey(Buffer.isBuffer(key) ? key : '');
  return parsed instanceof Error ? [] : [parsed];
};

const isParsed = (key: unknown): key is ParsedKey =>
  typeof key === 'object' && key !== null && 'getPublicSSH' in key && typeof key.getPublicSSH === 'function';
