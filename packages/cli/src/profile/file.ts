/** The file with the profiles. It holds passwords: it is readable by its owner alone, or it is not read at all. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../failure/failure.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type ProfileFile, profileFileSchema } from './profile.ts';

const othersMayRead = 0o077;

export function profilePath({ env, homeFolder }: Terminal): string {
  const folder = env['XDG_CONFIG_HOME'] || join(homeFolder, '.config');
  return env['GATEHOUSE_PROFILES'] || join(folder, 'gatehouse', 'profiles.json');
}

/** Without a file there are no profiles. @throws UsageError */
export function readProfiles(path: string): ProfileFile {
  let text: string;
  try {
    requirePrivate(path);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { profiles: {} };
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, error);
  }
  const read = profileFileSchema.safeParse(parse(path, text));
  if (read.success) return read.data;
  // The reasons name fields and what they must be, never the values: those are secrets.
  throw new UsageError(`${path} is not right:\n${z.prettifyError(read.error)}`);
}

/** Replaces the file in one step, so that a crash leaves the old one or the new one. */
export function writeProfiles(path: string, file: ProfileFile): void {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    // A umask may have taken more away than is meant, never less.
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, error);
  }
}

function requirePrivate(path: string): void {
  // Windows keeps its rights elsewhere, and reports every file as open.
  if (process.platform === 'win32') return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & othersMayRead) === 0) return;
  throw new UsageError(
    `${path} holds passwords and others may read it (mode ${mode.toString(8)}): chmod 600 ${path}`,
  );
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not the parser's message: it quotes what it read.
    throw new UsageError(`${path} is not JSON`, error);
  }
}
