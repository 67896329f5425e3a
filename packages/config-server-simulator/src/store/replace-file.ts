/** A new file in the place of an old one, such that at every moment one of them is there and complete. */
import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes `pieces` aside, to the disk, then under `path`; the handle appends. Errors: the old file is untouched. */
export async function replaceFile(path: string, pieces: Iterable<Uint8Array>): Promise<FileHandle> {
  // The file, not a link that leads to it.
  const target = await realpath(path);
  const draft = `${target}.draft`;
  await rm(draft, { force: true });
  const file = await open(draft, 'ax', 0o600);
  try {
    for (const piece of pieces) await file.appendFile(piece);
    await file.sync();
    await rename(draft, target);
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
  return file;
}

/** The rename itself must survive, too. Where a folder cannot be opened, the system takes care of it or cannot. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  try {
    await folder?.sync().catch(() => undefined);
  } finally {
    await folder?.close();
  }
}
