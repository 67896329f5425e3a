/** Keeps a row for each guard that was removed, so that a run that was interrupted goes on where it was. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sourceFiles } from '../source-files.ts';
import type { Guard } from './guards.ts';

export interface Row {
  name: string;
  attacks: number;
  seconds: number;
  /** Why it does not count as shown. */
  problems: string[];
}

type StoredRow = Row & { key: string };

/** `path`: a file with a line for each row. `sources`: what they look like, without the guards. */
export function openRows(path: string, sources: string) {
  const stored = new Map(
    (existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [])
      .map((line) => JSON.parse(line) as StoredRow)
      .map((row) => [row.key, row]),
  );
  const keyOf = (guard: Guard) => digest(sources + JSON.stringify(guard));
  return {
    /** The row of a guard that was shown with the same sources and the same changes. */
    find(guard: Guard): Row | undefined {
      const row = stored.get(keyOf(guard));
      return row?.problems.length === 0 ? row : undefined;
    },
    add(guard: Guard, row: Row): void {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${JSON.stringify({ key: keyOf(guard), ...row } satisfies StoredRow)}\n`);
    },
  };
}

export function digestOfSources(root: string): string {
  const parts = sourceFiles(root, /.(?<!\.guards\.yaml)$/)
    .filter((path) => existsSync(join(root, path)))
    .map((path) => `${digest(readFileSync(join(root, path)))} ${path}`);
  return digest(parts.join('\n'));
}

const digest = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
