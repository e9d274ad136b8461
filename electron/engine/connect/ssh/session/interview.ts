import type { Prompt } from 'ssh2';
import type { Prompter, SecretQuestion } from '../../connection';

/** More rounds or prompts than any server has for an honest reason. */
const MOST_ROUNDS = 10;
const MOST_PROMPTS = 20;
/** Characters of the server's words that are shown. */
const LONGEST_TEXT = 300;

/**
 * Answers one keyboard-interactive conversation (RFC 4256): each prompt of each round is put to the person in the server's
 * own words, one after the other. A plain password prompt is asked as a password, and its answer is what a reconnect
 * gives again by itself; a one-time code never is.
 */
export class Interview {
  /** The person gave no answer. */
  declined = false;
  /** Why the conversation was given up; null: it was not. */
  unsupported: string | null = null;
  /** What to remember if this conversation lets in; null: no password was asked. */
  password: string | null = null;
  private rounds = 0;

  /**
   * @param about whose login it is, which try, and of which server.
   * @param remembered a password that was right before; used once.
   */
  constructor(
    private readonly about: Omit<SecretQuestion, 'kind' | 'prompt' | 'echo'>,
    private readonly prompter: Prompter,
    private readonly signal: AbortSignal,
    private remembered: string | null,
  ) {}

  /** ssh2 calls it once per round. */
  readonly prompt = (
    name: string,
    instructions: string,
    _language: string,
    prompts: Prompt[],
    finish: (answers: string[]) => void,
  ): void => {
    this.rounds++;
    if (this.declined || this.rounds > MOST_ROUNDS || prompts.length > MOST_PROMPTS) {
      if (!this.declined) this.unsupported = 'the server does not stop asking';
      finish([]);
      return;
    }
    void this.answers([name, instructions], prompts).then(finish, () => {
      this.declined = true;
      finish([]);
    });
  };

  private async answers(heading: readonly string[], prompts: readonly Prompt[]): Promise<string[]> {
    const answers: string[] = [];
    for (const [index, { prompt, echo = false }] of prompts.entries()) {
      const words = oneLine(prompt);
      const isPassword = !echo && this.password === null && asksForPassword(words);
      const answer = isPassword
        ? await this.askPassword()
        : await this.prompter.secret(
            {
              ...this.about,
              kind: 'answer',
              prompt: oneLine([...(index === 0 ? heading : []), words].join(' ')),
              echo,
            },
            this.signal,
          );
      if (answer === null) {
        this.declined = true;
        return [];
      }
      if (isPassword) this.password = answer;
      answers.push(answer);
    }
    return answers;
  }

  private askPassword(): Promise<string | null> {
    const known = this.remembered;
    this.remembered = null;
    return known === null
      ? this.prompter.secret({ ...this.about, kind: 'password' }, this.signal)
      : Promise.resolve(known);
  }
}

/** `Password:`, `Password for ada@host:`; not a code that is good once, and not a password to be set again. */
const asksForPassword = (words: string): boolean =>
  /passw|kennwort/i.test(words) && !/one.?time|otp|code|token|new|again|retype|current|old/i.test(words);

/** The server's words are shown on terminals: no control characters, no invisible ones, not without an end. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, LONGEST_TEXT);
