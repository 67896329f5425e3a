/** Reads and replaces a file as a whole: a reader finds the old content or the new one, also after a power failure. */
import type { Stats } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** `version` changes with every replacement. Undefined for a file that is absent or empty. */
export async function readWhole(path: string): Promise<{ bytes: Buffer; version: string } | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const bytes = await file.readFile();
    return bytes.length === 0 ? undefined : { bytes, version: versionOf(await file.stat()) };
  } finally {
    await file.close();
  }
}

/** Undefined for a file that is absent or empty. */
export async function currentVersion(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || found.size === 0 ? undefined : versionOf(found);
}

/**
 * Writes the draft, flushes it to the disk and renames it, if `check` does not throw. Returns the version; on failure the
 * old file stays.
 */
export async function replaceWhole(
  path: string,
  draft: string,
  text: string,
  check: () => Promise<void>,
): Promise<string> {
  try {
    const version = await writeDraft(draft, text);
    await check();
    await rename(draft, path);
    await syncFolder(dirname(path));
    return version;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeDraft(path: string, text: string): Promise<string> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    return versionOf(await file.stat());
  } finally {
    await file.close();
  }
}

/** Removes the drafts of servers that were killed while they wrote. */
export async function removeDrafts(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder))
    if (name.startsWith(`${basename(path)}.`) && name.endsWith('.draft'))
      await rm(join(folder, name), { force: true });
}

/** Makes the rename durable. Some systems cannot open a folder, and need no flush of it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function versionOf({ ino, mtimeMs, size }: Stats): string {
  return `${ino}/${mtimeMs}/${size}`;
}
