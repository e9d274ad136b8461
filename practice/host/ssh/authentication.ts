import { timingSafeEqual } from 'node:crypto';
import type { AuthContext, AuthenticationType, Connection, ParsedKey, PublicKeyAuthContext } from 'ssh2';

/** Who may log in to a machine, and how. What is not given is not offered. */
export interface LoginRules {
  readonly user: string;
  readonly publicKey?: ParsedKey;
  readonly password?: string;
  /** The answer to one prompt by keyboard-interactive. */
  readonly keyboardAnswer?: string;
}

/** As sshd's `MaxAuthTries`: then the connection ends. */
const MOST_ATTEMPTS = 6;

/** Answers a client's attempts to log in. The first `none` asks what is offered and does not count. */
export function authenticate(client: Connection, rules: LoginRules): void {
  let attempts = 0;
  const offered = methodsOf(rules);
  const refuse = (context: AuthContext): void => {
    context.reject(offered);
    if (attempts >= MOST_ATTEMPTS) client.end();
  };
  client.on('authentication', (context) => {
    if (context.method === 'none') return refuse(context);
    if (context.method === 'publickey' && context.signature === undefined) {
      // Only asking whether the key would do: no attempt unless it would not.
      if (isKey(context, rules)) return context.accept();
    }
    attempts += 1;
    if (context.username !== rules.user) return refuse(context);
    switch (context.method) {
      case 'publickey':
        return isSignedBy(context, rules) ? context.accept() : refuse(context);
      case 'password':
        return isSame(context.password, rules.password) ? context.accept() : refuse(context);
      case 'keyboard-interactive': {
        if (rules.keyboardAnswer === undefined) return refuse(context);
        const prompt = { prompt: 'Password: ', echo: false };
        return context.prompt([prompt], (answers) => {
          if (isSame(answers[0], rules.keyboardAnswer)) context.accept();
          else refuse(context);
        });
      }
      case 'hostbased':
        return refuse(context);
    }
  });
}

function methodsOf(rules: LoginRules): AuthenticationType[] {
  const methods: AuthenticationType[] = [];
  if (rules.publicKey) methods.push('publickey');
  if (rules.password !== undefined) methods.push('password');
  if (rules.keyboardAnswer !== undefined) methods.push('keyboard-interactive');
  return methods;
}

function isKey(context: PublicKeyAuthContext, rules: LoginRules): boolean {
  const key = rules.publicKey;
  if (!key || context.username !== rules.user || context.key.algo !== key.type) return false;
  const wanted = key.getPublicSSH();
  return wanted.length === context.key.data.length && timingSafeEqual(wanted, context.key.data);
}

function isSignedBy(context: PublicKeyAuthContext, rules: LoginRules): boolean {
  const { blob, signature } = context;
  if (!isKey(context, rules) || !blob || !signature) return false;
  return rules.publicKey?.verify(blob, signature, context.hashAlgo) === true;
}

function isSame(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined) return false;
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
