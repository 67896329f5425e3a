/** Where the Elasticsearch of the tests is: one release, unpacked once per recipe, where the account of the server may read it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const elasticsearchVersion = '8.19.21';

export const shimFolder = join(import.meta.dirname, 'shim');
export const shimFiles = ['src/esshim/ShimPlugin.java', 'plugin-descriptor.properties'];

/** The server refuses to run as root, and the folders of root are closed to others: hence not below the repository. */
export function installFolder(): string {
  const hash = createHash('sha256').update(elasticsearchVersion);
  for (const file of shimFiles) hash.update(readFileSync(join(shimFolder, file)));
  return join(tmpdir(), `gatehouse-elasticsearch-${hash.digest('hex').slice(0, 16)}`);
}

export function serverHome(folder = installFolder()): string {
  return join(folder, `elasticsearch-${elasticsearchVersion}`);
}

/** Written last: a folder without it is half an installation. */
export function readyMark(folder = installFolder()): string {
  return join(folder, 'ready');
}

/** The server's home, if it was installed by us and wholly. */
export function findElasticsearch(): string | undefined {
  const folder = installFolder();
  // Anybody may make a folder of this name; only ours is run.
  const isOurs = existsSync(folder) && statSync(folder).uid === (process.getuid?.() ?? 0);
  return isOurs && existsSync(readyMark(folder)) ? serverHome(folder) : undefined;
}
