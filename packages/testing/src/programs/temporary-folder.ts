/** Creates a temporary folder that the account of the embedded PostgreSQL can enter too. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  // mkdtemp uses mode 0700; for root the server runs under another account.
  await chmod(folder, 0o755);
  return folder;
}
