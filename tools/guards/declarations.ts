/** Finds the declarations of a TypeScript source that have a name: functions, classes with their members, types, constants of the file. */
import { parseSync } from 'rolldown/utils';

export interface Declaration {
  /** With the names around it, from the outside: `['createOutbox', 'send']`. */
  path: string[];
  start: number;
  end: number;
}

export interface Parsed {
  declarations: Declaration[];
  /** The text with spaces instead of its comments: every position stays as it is. */
  code: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  id?: Node | null;
  key?: Node;
  init?: Node | null;
  value?: unknown;
  name?: unknown;
  [field: string]: unknown;
}

const functions = new Set(['ArrowFunctionExpression', 'FunctionExpression']);
const named = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSEnumDeclaration',
]);
const members = new Set(['MethodDefinition', 'PropertyDefinition']);

/** @throws Error when it cannot be parsed */
export function parseSource(path: string, text: string): Parsed {
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  const declarations: Declaration[] = [];
  visit(program as unknown as Node, [], declarations);
  let code = text;
  for (const { start, end } of comments)
    code = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, ' ') + code.slice(end);
  return { declarations, code };
}

function visit(node: Node, outer: readonly string[], found: Declaration[]): void {
  const name = nameOf(node, outer.length === 0);
  const path = name === undefined ? outer : [...outer, name];
  if (name !== undefined) found.push({ path: [...path], start: node.start, end: node.end });
  for (const child of childrenOf(node)) visit(child, path, found);
}

function nameOf(node: Node, isOutermost: boolean): string | undefined {
  if (named.has(node.type)) return textOf(node.id);
  if (members.has(node.type)) return textOf(node.key);
  if (node.type === 'Property') return isFunction(node.value) ? textOf(node.key) : undefined;
  if (node.type !== 'VariableDeclarator') return undefined;
  return isOutermost || isFunction(node.init) ? textOf(node.id) : undefined;
}

/** Nothing for a name that is computed, and for a pattern. */
function textOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Identifier') return String(node.name);
  if (node?.type === 'PrivateIdentifier') return `#${String(node.name)}`;
  return node?.type === 'Literal' ? String(node.value) : undefined;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const isFunction = (value: unknown) => isNode(value) && functions.has(value.type);

const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
