/** Parses filters (RFC 7644 section 3.4.2.2) and the paths of PATCH (section 3.5.2), one character after the other and within bounds. */
import { scimError } from '../errors.ts';

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type Literal = string | number | boolean | null;

/** `attribute`: as the caller wrote it. */
export type Filter =
  | { kind: 'and' | 'or'; parts: readonly Filter[] }
  | { kind: 'not'; part: Filter }
  | { kind: 'compare'; attribute: string; comparison: Comparison; value: Literal }
  | { kind: 'present'; attribute: string }
  /** Some value of the attribute fulfils the filter, whose attributes are those of the value. */
  | { kind: 'some'; attribute: string; filter: Filter };

export interface Path {
  attribute: string;
  filter?: Filter | undefined;
  /** After the brackets. */
  sub?: string | undefined;
}

const maxLength = 1_024;
const maxDepth = 8;
const maxComparisons = 32;
const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;

/** @throws AppError 400 invalidFilter */
export function parseFilter(text: string): Filter {
  const reader = createReader(text, 'invalidFilter');
  const filter = readOr(reader, 0);
  reader.end();
  return filter;
}

/** @throws AppError 400 invalidPath */
export function parsePath(text: string): Path {
  const reader = createReader(text, 'invalidPath');
  const attribute = reader.name();
  if (!reader.takes('[')) {
    reader.end();
    return { attribute };
  }
  const filter = readOr(reader, 1);
  reader.expect(']');
  const sub = reader.takes('.') ? reader.name() : undefined;
  reader.end();
  return { attribute, filter, sub };
}

type Reader = ReturnType<typeof createReader>;

function readOr(reader: Reader, depth: number): Filter {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readPart(reader, depth)));
}

/** One part stays itself; a chain of many is flat, so that it needs no depth. */
function readChain(reader: Reader, kind: 'and' | 'or', readOne: () => Filter): Filter {
  const first = readOne();
  const parts = [first];
  while (reader.takesWord(kind)) parts.push(readOne());
  return parts.length === 1 ? first : { kind, parts };
}

function readPart(reader: Reader, depth: number): Filter {
  // Each level is a call: unbounded, brackets would use up the stack.
  if (depth > maxDepth) throw reader.problem(`has brackets more than ${maxDepth} deep`);
  if (reader.takesWord('not')) {
    reader.expect('(');
    return { kind: 'not', part: readInner(reader, depth, ')') };
  }
  if (reader.takes('(')) return readInner(reader, depth, ')');
  const attribute = reader.name();
  if (!reader.takes('[')) return readComparison(reader, attribute);
  const filter = readInner(reader, depth, ']');
  if (!reader.takes('.')) return { kind: 'some', attribute, filter };
  // Beyond the RFC, as Entra ID asks: emails[type eq "work"].value eq "…"
  const more = readComparison(reader, reader.name());
  return { kind: 'some', attribute, filter: { kind: 'and', parts: [filter, more] } };
}

function readInner(reader: Reader, depth: number, close: string): Filter {
  const filter = readOr(reader, depth + 1);
  reader.expect(close);
  return filter;
}

function readComparison(reader: Reader, attribute: string): Filter {
  reader.countComparison();
  if (reader.takesWord('pr')) return { kind: 'present', attribute };
  const comparison = comparisons.find((one) => reader.takesWord(one));
  if (comparison === undefined) throw reader.problem(`needs one of ${comparisons.join(', ')} or pr`);
  return { kind: 'compare', attribute, comparison, value: reader.literal() };
}

function createReader(text: string, problemType: 'invalidFilter' | 'invalidPath') {
  let at = 0;
  let count = 0;
  const what = problemType === 'invalidFilter' ? 'The filter' : 'The path';
  const problem = (message: string) => scimError(problemType, `${what} ${message} at character ${at + 1}`);
  if (text.length > maxLength)
    throw scimError(problemType, `${what} is longer than ${maxLength} characters: ask for less at once`);

  function skipSpaces(): void {
    while (text[at] === ' ') at += 1;
  }

  /** Takes characters as long as they are of the set. */
  function run(set: RegExp): string {
    const from = at;
    while (at < text.length && set.test(text.charAt(at))) at += 1;
    return text.slice(from, at);
  }

  function string(): string {
    const from = at;
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    if (at >= text.length) throw problem('has a text without its closing quotation mark');
    at += 1;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      throw problem('has a text that is no JSON string');
    }
  }

  return {
    problem,
    takes(character: string): boolean {
      skipSpaces();
      if (text[at] !== character) return false;
      at += 1;
      return true;
    },
    expect(character: string): void {
      if (!this.takes(character)) throw problem(`needs ${character}`);
    },
    /** In any case, and not as the beginning of a longer word. */
    takesWord(word: string): boolean {
      skipSpaces();
      const end = at + word.length;
      if (text.slice(at, end).toLowerCase() !== word || /[A-Za-z0-9_$.:-]/.test(text.charAt(end)))
        return false;
      at = end;
      return true;
    },
    name(): string {
      skipSpaces();
      const name = run(/[A-Za-z0-9_$.:-]/);
      if (name === '') throw problem('needs the name of an attribute');
      return name;
    },
    literal(): Literal {
      skipSpaces();
      if (text[at] === '"') return string();
      const word = run(/[A-Za-z0-9.+-]/).toLowerCase();
      if (word === 'true' || word === 'false') return word === 'true';
      if (word === 'null') return null;
      const number = Number(word);
      if (word === '' || !Number.isFinite(number))
        throw problem('needs a text in quotation marks, true, false or null');
      return number;
    },
    countComparison(): void {
      count += 1;
      if (count > maxComparisons) throw problem(`has more than ${maxComparisons} comparisons`);
    },
    end(): void {
      skipSpaces();
      if (at < text.length) throw problem('goes on where it should end');
    },
  };
}
