/** Makes the images that others build on, where no registry can be reached: Debian, and Node on it. */
import { realpathSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pinned, programs } from '../bootstrap/toolchain.mjs';
import { run } from '../programs/execute.ts';
import { podman, root } from './podman.ts';

/** Debian without anything that a minimal system can do without. */
export const debianImage = 'localhost/base:1';

const runtimeImage = `localhost/gatehouse-node:${pinned.node}`;
const buildImage = `localhost/gatehouse-node-npm:${pinned.node}`;

/** The images that `docker/Dockerfile` calls NODE_IMAGE and RUNTIME_IMAGE. */
export interface NodeImages {
  node: string;
  runtime: string;
}

/** Makes what is missing; takes half a minute the first time. */
export async function makeNodeImages(): Promise<NodeImages> {
  await makeDebian();
  await makeImage(runtimeImage, `FROM ${debianImage}\nCOPY node /usr/local/bin/node\n`, async (context) => {
    await cp(programs(root).node, join(context, 'node'), { dereference: true });
  });
  const npmFile = [
    `FROM ${runtimeImage}`,
    'COPY npm /usr/local/lib/node_modules/npm',
    // The authorities that this machine trusts: a proxy in front of the registry may have one of its own.
    'COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt',
    'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm',
  ];
  await makeImage(buildImage, npmFile.join('\n'), async (context) => {
    const program = realpathSync((await run('sh', ['-c', 'command -v npm'])).trim());
    await cp(join(program, '../..'), join(context, 'npm'), { recursive: true, dereference: true });
    await cp('/etc/ssl/certs/ca-certificates.crt', join(context, 'ca-certificates.crt'), {
      dereference: true,
    });
  });
  return { node: buildImage, runtime: runtimeImage };
}

export async function imageExists(name: string): Promise<boolean> {
  return podman('image', 'exists', name).then(
    () => true,
    () => false,
  );
}

/** Builds an image unless it exists; `fill` puts what the file copies into the context. */
export async function makeImage(
  name: string,
  containerfile: string,
  fill: (context: string) => Promise<void>,
): Promise<void> {
  if (await imageExists(name)) return;
  const context = await mkdtemp(join(tmpdir(), 'gatehouse-image-'));
  try {
    await fill(context);
    await writeFile(join(context, 'Containerfile'), containerfile);
    await podman('build', '--network', 'host', '--format', 'docker', '--tag', name, context);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

export async function makeDebian(): Promise<void> {
  if (await imageExists(debianImage)) return;
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-debian-'));
  try {
    await run('debootstrap', ['--variant=minbase', 'bookworm', join(folder, 'root')]);
    await run('tar', ['-C', join(folder, 'root'), '-cf', join(folder, 'root.tar'), '.']);
    const path = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    await podman('import', '--change', path, join(folder, 'root.tar'), debianImage);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
