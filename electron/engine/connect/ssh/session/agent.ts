import ssh2, { type BaseAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

/** An agent answers from its memory; one that hangs holds up no login for longer. */
const LIMIT_MS = 5_000;

/** What the agent holds, or why it is of no use; a login goes on without it. */
export interface AgentKeys {
  readonly agent: BaseAgent | null;
  readonly keys: readonly ParsedKey[];
  /** In words; null: none. */
  readonly trouble: string | null;
}

/** Asks the agent for its keys, once. Kinds that ssh2 cannot use (`sk-…`, certificates) are left out. */
export async function askAgent(socket: string | null): Promise<AgentKeys> {
  if (socket === null) return { agent: null, keys: [], trouble: null };
  try {
    const agent = ssh2.createAgent(socket);
    const keys = await new Promise<readonly ParsedKey[]>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
      agent.getIdentities((error: Error | null | undefined, found?: unknown) => {
        clearTimeout(late);
        if (error) reject(error);
        else resolve(Array.isArray(found) ? found.flatMap(toKey) : []);
      });
    });
    return { agent, keys, trouble: null };
  } catch (error) {
    return { agent: null, keys: [], trouble: error instanceof Error ? error.message : String(error) };
  }
}

/** A key as on the wire, base64. */
export const wireForm = (key: ParsedKey): string => key.getPublicSSH().toString('base64');

/** An agent that shows only these of its keys, in this order. */
export class ChosenKeys extends ssh2.BaseAgent<ParsedKey> {
  constructor(
    private readonly agent: BaseAgent,
    private readonly keys: readonly ParsedKey[],
  ) {
    super();
  }

  override getIdentities(done: (error: Error | null | undefined, keys?: ParsedKey[]) => void): void {
    done(null, [...this.keys]);
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
}

const toKey = (key: unknown): ParsedKey[] => {
  const parsed: ParsedKey | Error = isParsed(key)
    ? key
    : ssh2.utils.parseKey(Buffer.isBuffer(key) ? key : '');
  return parsed instanceof Error ? [] : [parsed];
};

const isParsed = (key: unknown): key is ParsedKey =>
  typeof key === 'object' && key !== null && 'getPublicSSH' in key && typeof key.getPublicSSH === 'function';
