/** Files that a command reads; `-` is standard input. */
import { buffer } from 'node:stream/consumers';
import { isMap, parseDocument } from 'yaml';
import { UsageError } from '../failure/failure.ts';
import { readNamed } from '../terminal/files.ts';
import { askSecret } from '../terminal/prompts.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Reads a file that is no text, such as a picture. @throws UsageError */
export async function readBytes({ stdin }: Terminal, path: string): Promise<Buffer> {
  return path === '-' ? buffer(stdin) : readNamed(path);
}

/** @throws UsageError */
export async function readFile(terminal: Terminal, path: string): Promise<string> {
  return (await readBytes(terminal, path)).toString('utf8');
}

/** Fields in YAML or JSON, perhaps inside `data` as the API takes them. @throws UsageError */
export async function readFields(terminal: Terminal, path: string): Promise<Record<string, unknown>> {
  const document = parseDocument(await readFile(terminal, path), { prettyErrors: false });
  const [problem] = document.errors;
  // The parser's message may quote the line, which may hold a secret.
  if (problem)
    throw new UsageError(
      `${path} is neither JSON nor YAML (at character ${problem.pos[0]}): ${problem.code}`,
    );
  if (!isMap(document.contents)) throw new UsageError(`${path} must hold an object with the fields`);
  const fields = document.toJS({ maxAliasCount: 0 }) as Record<string, unknown>;
  const { data } = fields;
  return Object.keys(fields).every((key) => key === 'data' || key === 'operationId') && isObject(data)
    ? data
    : fields;
}

/** A secret from a file, without the line break that editors put at the end. @throws UsageError */
export async function readSecretFile(terminal: Terminal, path: string, what: string): Promise<string> {
  const secret = (await readFile(terminal, path)).replace(/\r?\n$/, '');
  if (secret === '') throw new UsageError(`${what} is empty`);
  return secret;
}

/** Undefined where no file is named. @throws UsageError */
export async function secretFrom(
  terminal: Terminal,
  path: string | undefined,
  what: string,
): Promise<string | undefined> {
  return path === undefined ? undefined : readSecretFile(terminal, path, what);
}

/** Asks for the secret where the option names no file. @throws UsageError */
export async function secretOf(
  terminal: Terminal,
  [option, path]: readonly [option: string, path: string | undefined],
  what: string,
): Promise<string> {
  if (path !== undefined) return readSecretFile(terminal, path, what);
  return askSecret(terminal, what, `${option} names a file that holds it`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
