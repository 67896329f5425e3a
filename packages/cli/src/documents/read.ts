/** Reads the documents of a YAML or JSON file, and finds the lines of their fields again. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';
import { type DocumentProblems, fieldOf, type ProblemPlace } from './problems.ts';
import type { SourceFile } from './sources.ts';

export type Path = readonly (string | number)[];
export type Fields = Readonly<Record<string, unknown>>;

export interface SourceDocument {
  file: SourceFile;
  /** Where it stands among the documents of the file. */
  place: Path;
  value: Fields;
}

const maxDepth = 64;
/** The number of characters that aliases may add to a file: enough to name a certificate once for hundreds of servers. */
const maxRepeatedLength = 1024 * 1024;

interface Parsed {
  file: SourceFile;
  lines: LineCounter;
  /** Undefined where it is nested too deeply. */
  documents: Document.Parsed[] | undefined;
}

export type Reader = ReturnType<typeof createReader>;

/** Keeps the last file parsed and no other one: what is parsed takes a hundred times the memory of its text. */
export function createReader(problems: DocumentProblems) {
  let last: Parsed | undefined;

  function parse(file: SourceFile): Parsed {
    if (last?.file !== file) last = parsed(file);
    return last;
  }

  return {
    /** Without empty documents; a list at the top, as JSON can have it, holds one document in each entry. */
    documentsOf(file: SourceFile): SourceDocument[] {
      const { documents, lines } = parse(file);
      if (documents === undefined) problems.add({ file: file.path }, 'is nested too deeply to be read');
      return (documents ?? []).flatMap((document, index) => {
        const [fault] = [...document.errors, ...document.warnings];
        if (fault !== undefined) {
          // What follows the colon quotes the file, which may hold a secret by mistake.
          const what = fault.message.replace(/:.*$/s, '');
          problems.add(placeOf(file, lines, fault.pos[0]), `is neither YAML nor JSON: ${what}`);
          return [];
        }
        const { contents } = document;
        const entries: [Path, unknown][] = isSeq(contents)
          ? contents.items.map((entry, at) => [[index, at], entry])
          : [[[index], contents]];
        const read = createValues(file, lines, problems);
        return entries.flatMap(([place, node]) => {
          if (node === null || (isScalar(node) && node.value === null)) return [];
          const value = read(node, []);
          if (isFields(value)) return [{ file, place, value }];
          const message = 'must be a document: apiVersion, kind, metadata, spec';
          if (value !== undefined) problems.add(placeOf(file, lines, startOf(node)), message);
          return [];
        });
      });
    },
    /** The place of a field, or of the innermost object around it that is there. */
    placeIn({ file, place, value }: SourceDocument, path: Path): ProblemPlace {
      const { documents, lines } = parse(file);
      const [index, entry] = place;
      const document = documents?.[Number(index)];
      let node: unknown = document?.contents;
      if (entry !== undefined && isSeq(node)) node = node.items[Number(entry)];
      let start = startOf(node);
      for (const part of path) {
        if (isAlias(node) && document !== undefined) node = node.resolve(document);
        const pair = isMap(node) ? node.items.find((one) => keyOf(one) === part) : undefined;
        if (pair !== undefined) {
          start = startOf(pair.key);
          node = pair.value;
        } else if (isSeq(node) && typeof part === 'number' && part in node.items) {
          node = node.items[part];
          start = startOf(node) ?? start;
        } else break;
      }
      return { ...placeOf(file, lines, start), field: fieldOf(path) || undefined, document: titleOf(value) };
    },
  };
}

function parsed(file: SourceFile): Parsed {
  const lines = new LineCounter();
  try {
    // The library compares each key with every other one, which takes minutes for a large object: createValues looks for them.
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false };
    const documents = [...parseAllDocuments(file.text, options)] as Document.Parsed[];
    return { file, lines, documents };
  } catch (error) {
    if (error instanceof RangeError) return { file, lines, documents: undefined };
    throw error;
  }
}

/** Turns nodes into values; what is not safe or no JSON is a problem, and undefined. */
function createValues(file: SourceFile, lines: LineCounter, problems: DocumentProblems) {
  const anchors = new Map<string, { value: unknown; length: number }>();
  let length = 0;
  let repeated = 0;

  function fault(node: unknown, path: Path, message: string): undefined {
    problems.add({ ...placeOf(file, lines, startOf(node)), field: fieldOf(path) || undefined }, message);
  }

  function read(node: unknown, path: Path): unknown {
    if (path.length > maxDepth) return fault(node, path, `is nested deeper than ${maxDepth}`);
    if (isAlias(node)) {
      const meant = anchors.get(node.source);
      if (meant === undefined) return fault(node, path, `*${node.source} contains itself`);
      repeated += meant.length;
      length += meant.length;
      if (repeated > maxRepeatedLength)
        return fault(node, path, 'aliases repeat too much of the file: write the parts out');
      return meant.value;
    }
    const before = length;
    const value = valueIn(node, path);
    if (isNode(node) && 'anchor' in node && node.anchor)
      anchors.set(node.anchor, { value, length: length - before });
    return value;
  }

  function valueIn(node: unknown, path: Path): unknown {
    length += 1;
    if (node === null) return null;
    if (isMap(node)) return mapOf(node.items as Pair[], path);
    if (isSeq(node)) return node.items.map((entry, index) => read(entry, [...path, index]));
    const { value } = node as { value: unknown };
    if (typeof value === 'string') length += value.length;
    const isPlain = value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
    return isPlain ? value : fault(node, path, 'is no text, number, flag, list or object');
  }

  function mapOf(items: readonly Pair[], path: Path): Fields {
    const fields: Record<string, unknown> = {};
    for (const pair of items) {
      const key = keyOf(pair);
      const inner = [...path, key];
      length += key.length;
      if (key === '__proto__') fault(pair.key, inner, 'no field has this name');
      else if (Object.hasOwn(fields, key)) fault(pair.key, inner, 'is there twice: keep one');
      else fields[key] = read(pair.value, inner);
    }
    return fields;
  }

  return read;
}

const keyOf = ({ key }: { key: unknown }): string => String(isScalar(key) ? key.value : key);

const startOf = (node: unknown): number | undefined =>
  isNode(node) ? ((node as Node).range?.[0] ?? undefined) : undefined;

const placeOf = (file: SourceFile, lines: LineCounter, offset: number | undefined): ProblemPlace => ({
  file: file.path,
  line: offset === undefined ? undefined : lines.linePos(offset).line,
});

/** Names a document for people: `Client agent-desktop`. */
export function titleOf(value: Fields): string | undefined {
  const { kind, metadata } = value;
  const name = isFields(metadata) ? metadata['name'] : undefined;
  return typeof kind === 'string' && typeof name === 'string' ? `${kind} ${name}` : undefined;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
