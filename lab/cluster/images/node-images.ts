/** Makes the images of the node itself and of the stores, out of programs that are on this machine already. */
import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { findPostgresPrograms } from '@gatehouse/testing/postgres';
import { debianImage, makeImage } from '../../../tools/images/base.ts';
import { builtPrograms } from '../programs.ts';

/** An image of another recipe has another name. `from`: what its files come from, where that changes without the lines. */
export function ownImage(name: string, lines: readonly string[], from = '') {
  const recipe = createHash('sha256').update([...lines, from].join('\n'));
  return {
    name: `localhost/cluster/${name}:${recipe.digest('hex').slice(0, 16)}`,
    make(fill: (folder: string) => void) {
      return makeImage(this.name, lines.join('\n'), async (folder) => fill(folder));
    },
  };
}

const program = (name: string) =>
  ownImage(name, ['FROM scratch', `COPY ${name} /${name}`, `ENTRYPOINT ["/${name}"]`], builtPrograms);

const pause = program('pause');
const addons = program('addons');
const install = 'apt-get install --yes --no-install-recommends redis-server postgresql-client';
const stores = ownImage('stores', [
  `FROM ${debianImage}`,
  `RUN apt-get update && ${install} && rm -rf /var/lib/apt/lists`,
  'COPY postgres /usr/local/postgres',
  // As in the public images, so that evaluation mode runs with it.
  'ENV PATH=/usr/local/postgres/bin:/usr/local/bin:/usr/bin:/bin',
  "RUN echo 'postgres:x:999:999::/:/bin/false' >> /etc/passwd",
]);

export const pauseImage = pause.name;
export const addonsImage = addons.name;
/** PostgreSQL's server, Debian's Redis and psql. */
export const storesImage = stores.name;

export async function makeOwnImages(): Promise<void> {
  for (const [image, name] of [
    [pause, 'pause'],
    [addons, 'addons'],
  ] as const)
    await image.make((folder) => cpSync(path.join(builtPrograms, name), path.join(folder, name)));
  const { postgres } = await findPostgresPrograms();
  await stores.make((folder) => {
    // With its symbolic links as they are: copied, they would point out of the image.
    const options = { recursive: true, verbatimSymlinks: true };
    cpSync(path.resolve(postgres, '../..'), path.join(folder, 'postgres'), options);
  });
}
