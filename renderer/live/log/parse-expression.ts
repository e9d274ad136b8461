/** A part of an expression that was taken apart; `to` are numbers of other parts. */
export type Node =
  | { readonly kind: 'one'; readonly takes: (code: number) => boolean; to: number }
  | { readonly kind: 'fork'; to: readonly number[] }
  | { readonly kind: 'start' | 'end'; to: number }
  | { readonly kind: 'done' };

/** Parts of one expression; repetitions count as often as they may come. */
const MOST_NODES = 3000;
type Takes = (code: number) => boolean;

const wrong = (why: string): never => {
  throw new SyntaxError(why);
};

const isDigit: Takes = (code) => code >= 48 && code <= 57;
const isWord: Takes = (code) =>
  isDigit(code) || code === 95 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
const isSpace: Takes = (code) => /\s/.test(String.fromCharCode(code));
const not =
  (takes: Takes): Takes =>
  (code) =>
    !takes(code);
const CLASSES: Readonly<Record<string, Takes>> = {
  ...{ d: isDigit, w: isWord, s: isSpace },
  ...{ D: not(isDigit), W: not(isWord), S: not(isSpace) },
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

/** What one character in small letters may have been before. */
const eitherCase =
  (takes: Takes): Takes =>
  (code) =>
    takes(code) || takes(String.fromCharCode(code).toUpperCase().charCodeAt(0));

/** A part that is made at the place it gets: returns the place that begins it, given where it goes on. */
type Part = (to: number) => number;

/** Takes an expression apart; it begins with node 0. @throws SyntaxError with what is wrong */
export function parseExpression(source: string): readonly Node[] {
  const nodes: Node[] = [{ kind: 'fork', to: [] }, { kind: 'done' }];
  const add = (node: Node): number => {
    if (nodes.length >= MOST_NODES) wrong('The expression is too long, or repeats too much.');
    return nodes.push(node) - 1;
  };
  let at = 0;

  const choices = (depth: number): Part => {
    if (depth > 50) wrong('There are too many groups within each other.');
    const parts = [sequence(depth)];
    while (source[at] === '|') {
      at += 1;
      parts.push(sequence(depth));
    }
    return (to) => add({ kind: 'fork', to: parts.map((part) => part(to)) });
  };
  const sequence = (depth: number): Part => {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(depth));
    return (to) => parts.reduceRight((next, part) => part(next), to);
  };
  const repeated = (depth: number): Part => {
    const part = atom(depth);
    const counts = quantifier();
    if (counts === null) return part;
    const [least, most] = counts;
    if (quantifier() !== null) wrong('Nothing to repeat.');
    return (to) => {
      let next = to;
      if (most === Infinity) {
        const loop: { kind: 'fork'; to: readonly number[] } = { kind: 'fork', to: [] };
        next = add(loop);
        loop.to = [part(next), to];
      } else for (let n = least; n < most; n += 1) next = add({ kind: 'fork', to: [part(next), to] });
      for (let n = 0; n < least; n += 1) next = part(next);
      return next;
    };
  };
  const quantifier = (): readonly [number, number] | null => {
    const found = /^(?:([*+?])|\{(\d{1,4})(,?)(\d{0,4})\})\??/.exec(source.slice(at, at + 16));
    if (found === null) return null;
    at += found[0].length;
    const [, sign, least = '0', comma, most = ''] = found;
    if (sign !== undefined) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Infinity];
    const range = [
      Number(least),
      comma === '' ? Number(least) : most === '' ? Infinity : Number(most),
    ] as const;
    if (range[0] > range[1]) wrong('A repetition ends before it begins.');
    return range;
  };
  const atom = (depth: number): Part => {
    const sign = source[at] ?? '';
    at += 1;
    if (sign === '(') return group(depth);
    if (sign === '[') return one(charClass());
    if (sign === '.') return one((code) => code !== 10 && code !== 13);
    if (sign === '^') return (to) => add({ kind: 'start', to });
    if (sign === '$') return (to) => add({ kind: 'end', to });
    if (sign === '\\') return one(eitherCase(escaped()));
    if ('*+?'.includes(sign)) wrong('Nothing to repeat.');
    const code = sign.toLowerCase().charCodeAt(0);
    return one((other) => other === code);
  };
  const one =
    (takes: Takes): Part =>
    (to) =>
      add({ kind: 'one', takes, to });
  const group = (depth: number): Part => {
    if (source[at] === '?') {
      if (source[at + 1] !== ':') wrong('Look-around, flags and names of groups are not possible here.');
      at += 2;
    }
    const part = choices(depth + 1);
    if (source[at] !== ')') wrong('A bracket is not closed.');
    at += 1;
    return part;
  };
  const escaped = (): Takes => {
    const sign = source[at] ?? wrong('It ends with a backslash.');
    at += 1;
    const known = CLASSES[sign];
    if (known !== undefined) return known;
    const code = codeOf(sign);
    return (other) => other === code;
  };
  const codeOf = (sign: string): number => {
    const hex = sign === 'x' ? 2 : sign === 'u' ? 4 : 0;
    if (hex > 0) {
      const digits = source.slice(at, at + hex);
      if (!/^[\da-f]+$/i.test(digits) || digits.length < hex) wrong(`\\${sign} needs ${hex} digits.`);
      at += hex;
      return parseInt(digits, 16);
    }
    const control = CONTROLS[sign];
    if (control !== undefined) return control;
    if (/[a-z\d]/i.test(sign)) wrong(`\\${sign} is not possible here.`);
    return sign.charCodeAt(0);
  };
  const charClass = (): Takes => {
    const inverse = source[at] === '^';
    if (inverse) at += 1;
    const parts: Takes[] = [];
    while (source[at] !== ']') {
      const from = classPart();
      if (typeof from === 'number' && source[at] === '-' && source[at + 1] !== ']') {
        at += 1;
        const to = classPart();
        if (typeof to !== 'number' || to < from) return wrong('A range of characters ends before it begins.');
        parts.push((code) => code >= from && code <= to);
      } else parts.push(typeof from === 'number' ? (code) => code === from : from);
    }
    at += 1;
    const takes = eitherCase((code) => parts.some((part) => part(code)));
    return inverse ? not(takes) : takes;
  };
  const classPart = (): number | Takes => {
    const sign = source[at] ?? wrong('A bracket is not closed.');
    at += 1;
    if (sign !== '\\') return sign.charCodeAt(0);
    const name = source[at] ?? wrong('It ends with a backslash.');
    at += 1;
    return CLASSES[name] ?? codeOf(name);
  };

  const whole = choices(0);
  if (at < source.length) wrong('A bracket is closed that was not opened.');
  nodes[0] = { kind: 'fork', to: [whole(1)] };
  return nodes;
}
