/** Reads a values.yaml as documentation: every key with its default and the comment above it. */
import { isMap, isScalar, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

export interface ValuesKey {
  path: string[];
  /** The value in the file; for a map, the whole map. */
  default: unknown;
  comment: string;
  /** A map with keys of its own, which are listed after it. */
  isGroup: boolean;
  /** Shown as a comment only: absent unless the operator sets it. */
  isOptional: boolean;
}

/** Keys in the order of the file. */
export function readValuesDocument(text: string): ValuesKey[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, keepSourceTokens: true });
  const [error] = document.errors;
  if (error) throw error;
  const lines = text.split('\n');
  const keys: ValuesKey[] = [];
  const visit = (map: YAMLMap, path: string[]) => {
    for (const { key, value } of map.items) {
      if (!isScalar(key) || !key.range) throw new Error(`${path.join('.')} has a key that is not plain`);
      const line = lineCounter.linePos(key.range[0]).line - 1;
      const { comment, optionalKeys } = commentAbove(lines, line);
      for (const optional of optionalKeys) keys.push({ ...optional, path: [...path, optional.name] });
      const here = [...path, String(key.value)];
      const isGroup = isMap(value) && value.items.length > 0;
      const content = (value as Node | null)?.toJS(document) ?? null;
      keys.push({ path: here, default: content, comment, isGroup, isOptional: false });
      if (isGroup) visit(value, here);
    }
  };
  if (isMap(document.contents)) visit(document.contents, []);
  return keys;
}

type OptionalKey = Omit<ValuesKey, 'path'> & { name: string };

/** Comment lines that touch the key. A line such as `# minAvailable: 1` is a key that is not set, with the comment above it. */
function commentAbove(
  lines: readonly string[],
  keyLine: number,
): { comment: string; optionalKeys: OptionalKey[] } {
  let first = keyLine;
  while (first > 0 && /^\s*#/.test(lines[first - 1] ?? '')) first -= 1;
  const optionalKeys: OptionalKey[] = [];
  let comment: string[] = [];
  for (const line of lines.slice(first, keyLine)) {
    const text = line.replace(/^\s*#\s?/, '');
    const [, name, shown] = /^([a-z][A-Za-z]*): (\S.*)$/.exec(text) ?? [];
    if (name === undefined) {
      comment.push(text);
      continue;
    }
    optionalKeys.push({ name, default: shown, comment: comment.join(' '), isGroup: false, isOptional: true });
    comment = [];
  }
  return { comment: comment.join(' '), optionalKeys };
}
