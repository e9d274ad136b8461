export type LineState =
  | { readonly kind: 'typing' }
  | { readonly kind: 'done'; readonly line: string }
  | { readonly kind: 'given-up'; readonly interrupt: boolean };

/** The few keys of a line typed without echo: Enter, Backspace, Ctrl-U, Ctrl-C, Ctrl-D. */
export class LineEditor {
  private line: string[] = [];

  /** Takes what the terminal sent, which may be several keys at once (a paste). */
  type(keys: string): LineState {
    for (const key of keys) {
      if (key === '\r' || key === '\n') return { kind: 'done', line: this.line.join('') };
      if (key === '\u0003') return { kind: 'given-up', interrupt: true };
      if (key === '\u0004' && this.line.length === 0) return { kind: 'given-up', interrupt: false };
      if (key === '\u007F' || key === '\b') this.line.pop();
      else if (key === '\u0015') this.line = [];
      else if (key >= ' ') this.line.push(key);
    }
    return { kind: 'typing' };
  }
}
