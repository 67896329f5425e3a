/** Makes the images of the node itself and of the stores, out of programs that are on this machine already. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { findPostgresPrograms } from '@gatehouse/testing/postgres-program';
import { addonsImage } from '../node/addons.ts';
import { pauseImage } from '../node/worker.ts';
import { runtimeImage } from './base.ts';
import { buildOnce } from './podman.ts';

/** PostgreSQL's server, Debian's Redis and psql. */
export const storesImage = 'localhost/cluster/stores:1';

/** @param programs folder of the programs, whose name changes with them */
export async function makeNodeImages(programs: string): Promise<void> {
  const only = (name: string) => ({
    lines: ['FROM scratch', `COPY ${name} /${name}`, `ENTRYPOINT ["/${name}"]`],
    from: programs,
    fill: (folder: string) => cpSync(path.join(programs, name), path.join(folder, name)),
  });
  await buildOnce(pauseImage, only('pause'));
  await buildOnce(addonsImage, only('addons'));
  const { postgres } = await findPostgresPrograms();
  const install = 'apt-get install --yes --no-install-recommends redis-server postgresql-client';
  await buildOnce(storesImage, {
    lines: [
      `FROM ${runtimeImage}`,
      `RUN apt-get update && ${install} && rm -rf /var/lib/apt/lists`,
      'COPY postgres /usr/local/postgres',
    ],
    from: postgres,
    // With its symbolic links as they are: copied, they would point out of the image.
    fill(folder) {
      const options = { recursive: true, verbatimSymlinks: true };
      cpSync(path.resolve(postgres, '../..'), path.join(folder, 'postgres'), options);
    },
  });
}
