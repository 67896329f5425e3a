/** A registry in the network of the node, which keeps what it gets in files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../tools/programs/execute.ts';
import { releaseProgram } from '../../tools/release/programs.ts';
import { startProgram } from '../cluster/node/processes.ts';
import { addresses, runFolder } from '../cluster/places.ts';

const port = 5000;

/** As everything inside the network names it: without TLS, because it is the machine itself. */
export const registry = `127.0.0.1:${port}`;

/** The same one, for this process. */
export const registryUrl = `http://${addresses.apiServer}:${port}`;

export const storage = path.join(runFolder, 'registry');

export async function startRegistry(): Promise<void> {
  mkdirSync(storage, { recursive: true });
  const file = path.join(runFolder, 'registry.json');
  const configuration = {
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: `0.0.0.0:${port}` },
  };
  writeFileSync(file, JSON.stringify(configuration));
  startProgram('registry', await releaseProgram('registry'), ['serve', file]);
  await until('the registry answers', async () =>
    fetch(`${registryUrl}/v2/`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    ),
  );
}
