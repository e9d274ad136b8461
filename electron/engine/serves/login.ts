import { z } from 'zod';
import type { LoginOutcome } from '../../../shared/serves/judge-serves';
import type { Call } from '../base/call';
import type { Answered, Secured } from './https';

/** An anonymous session, for showing it to others. It is kept in memory, and never written, logged or traced. */
export interface Session {
  readonly token: string;
}

/** A step's answer: what the server says next. */
const stepAnswer = z.object({
  state: z.union([
    z.object({ choose: z.array(z.unknown()).max(32) }),
    z.object({ continue: z.array(z.unknown()).max(32) }),
    z.object({ denied: z.string().max(1_000) }),
    // What goes into a header of a request to another server.
    z.object({
      success: z
        .string()
        .max(16_384)
        .regex(/^[\x21-\x7e]+$/),
    }),
  ]),
});
type State = z.output<typeof stepAnswer>['state'];

/** Names the login that a step belongs to (`kanidm.md`, "Logins"). */
const LOGIN_HEADER = 'x-kanidm-auth-session-id';
const ANONYMOUS = 'anonymous';

/** Anonymous cannot log in at all: the outcome proves nothing of other logins. */
const REFUSALS = new Set([401, 403, 404]);

/**
 * Logs in as anonymous, in the three steps of `/v1/auth`. No account is needed, and none is touched.
 * @returns the outcome, and the session where one was made.
 */
export async function logIn(
  secured: Secured,
  call: Call,
): Promise<{ readonly outcome: LoginOutcome; readonly session: Session | null }> {
  const ended = (outcome: LoginOutcome) => ({ outcome, session: null });
  const steps = [
    { init2: { username: ANONYMOUS, issue: 'token', privileged: false } },
    { begin: ANONYMOUS },
    { cred: ANONYMOUS },
  ];
  let login: string | null = null;
  for (const step of steps) {
    const headers: Record<string, string> = login === null ? {} : { [LOGIN_HEADER]: login };
    const answer = await secured.ask({ method: 'POST', path: '/v1/auth', headers, body: { step } }, call);
    if (!answer.ok) return ended({ kind: 'no-answer', fault: answer.error });
    const { code } = answer.value;
    const first = step === steps[0];
    if (first && REFUSALS.has(code)) return ended({ kind: 'refused', why: `it answers with ${code}.` });
    const state = code === 200 ? stateOf(answer.value) : null;
    if (state === null) return ended({ kind: 'failed', why: `it answers a step with ${code}.` });
    if ('denied' in state) return ended({ kind: 'refused', why: state.denied });
    if ('choose' in state && !state.choose.includes(ANONYMOUS))
      return ended({ kind: 'refused', why: 'it offers no anonymous login.' });
    if ('success' in state) return { outcome: { kind: 'session' }, session: { token: state.success } };
    const named = answer.value.headers[LOGIN_HEADER];
    login = typeof named === 'string' ? named : login;
  }
  return ended({ kind: 'failed', why: 'three steps made no session.' });
}

/** Whether a server takes a session, its own or another's. */
export async function takes(secured: Secured, { token }: Session, call: Call) {
  const headers = { authorization: `Bearer ${token}` };
  return secured.ask({ method: 'GET', path: '/v1/auth/valid', headers }, call);
}

function stateOf({ text }: Answered): State | null {
  try {
    const read = stepAnswer.safeParse(JSON.parse(text));
    return read.success ? read.data.state : null;
  } catch {
    return null;
  }
}
