/** Reads the part of CDDL (RFC 8610) that docs/protocol.cddl uses. Anything else is an error. */

export type Literal = string | number;

export type Type =
  | { kind: 'choice'; of: Type[] }
  | { kind: 'literal'; value: Literal }
  | { kind: 'range'; from: number; to: number; isFloat: boolean }
  | { kind: 'size'; of: Type; from: number; to: number }
  | { kind: 'name'; name: string }
  | { kind: 'map' | 'array'; group: Entry[] };

export interface Entry {
  min: number;
  max: number;
  /** A literal key, or in `tstr => any` the type of keys. Absent in arrays and for a named group. */
  key?: { literal: string } | { type: Type };
  type: Type;
}

/** `types` and `groups` (rules in parentheses) by name. */
export interface Grammar {
  types: Map<string, Type>;
  groups: Map<string, Entry[]>;
}

const token = /\s+|;[^\n]*|("[^"]*"|-?\d+\.\d+|-?\d+|\.size|\.\.|=>|[A-Za-z_][\w-]*|[=/(){}[\],:*?+])/y;

export function parseCddl(source: string): Grammar {
  const tokens = tokensOf(source);
  let at = 0;
  const peek = (ahead = 0) => tokens[at + ahead];
  const isNext = (text: string) => peek() === text;
  const take = (expected?: string): string => {
    const found = tokens[at];
    if (found === undefined || (expected !== undefined && found !== expected)) {
      throw new Error(`CDDL: ${expected ?? 'a token'} expected, ${found ?? 'the end'} found at token ${at}`);
    }
    at += 1;
    return found;
  };
  const skip = (text: string): boolean => {
    if (!isNext(text)) return false;
    at += 1;
    return true;
  };

  function type(): Type {
    const of = [constrained()];
    while (skip('/')) of.push(constrained());
    return of.length === 1 ? (of[0] as Type) : { kind: 'choice', of };
  }

  function constrained(): Type {
    const of = simple();
    if (!skip('.size')) return of;
    take('(');
    const from = Number(take());
    take('..');
    const to = Number(take());
    take(')');
    return { kind: 'size', of, from, to };
  }

  function simple(): Type {
    if (skip('{')) return { kind: 'map', group: group('}') };
    if (skip('[')) return { kind: 'array', group: group(']') };
    const text = take();
    if (text.startsWith('"')) return { kind: 'literal', value: text.slice(1, -1) };
    if (/^-?\d/.test(text)) {
      if (!skip('..')) return { kind: 'literal', value: Number(text) };
      return { kind: 'range', from: Number(text), to: Number(take()), isFloat: text.includes('.') };
    }
    if (!/^[A-Za-z_]/.test(text)) throw new Error(`CDDL: a type expected, ${text} found`);
    return { kind: 'name', name: text };
  }

  function group(end: string): Entry[] {
    const entries: Entry[] = [];
    while (!skip(end)) {
      entries.push(entry());
      skip(',');
    }
    return entries;
  }

  function entry(): Entry {
    const { min, max } = occurrence();
    if (peek(1) === ':') {
      const literal = take().replaceAll('"', '');
      take(':');
      return { min, max, key: { literal }, type: type() };
    }
    const first = type();
    return skip('=>') ? { min, max, key: { type: first }, type: type() } : { min, max, type: first };
  }

  function occurrence(): { min: number; max: number } {
    if (skip('?')) return { min: 0, max: 1 };
    if (skip('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    const hasLower = /^\d+$/.test(peek() ?? '') && peek(1) === '*';
    if (!hasLower && !isNext('*')) return { min: 1, max: 1 };
    const min = hasLower ? Number(take()) : 0;
    take('*');
    const max = /^\d+$/.test(peek() ?? '') ? Number(take()) : Number.POSITIVE_INFINITY;
    return { min, max };
  }

  const grammar: Grammar = { types: new Map(), groups: new Map() };
  while (at < tokens.length) {
    const name = take();
    if (grammar.types.has(name) || grammar.groups.has(name))
      throw new Error(`CDDL: ${name} is defined twice`);
    take('=');
    if (skip('(')) grammar.groups.set(name, group(')'));
    else grammar.types.set(name, type());
  }
  return grammar;
}

function tokensOf(source: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const from = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new Error(`CDDL: cannot read ${JSON.stringify(source.slice(from, from + 20))}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}
