/** A temporary folder that the account of the embedded PostgreSQL can enter too. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  // mkdtemp makes it 0700; when we are root the server runs under another account.
  await chmod(folder, 0o755);
  return folder;
}
