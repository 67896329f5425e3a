/** Makes the base images out of Debian's packages, the pinned Node and npm: no registry of images is asked. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pinned } from '../../bootstrap/toolchain.mjs';
import { attempt, run } from '../execute.ts';
import { clusterFolder } from '../places.ts';
import { buildOnce, isMadeBy, podman } from './podman.ts';

const suite = 'bookworm';
const npmVersion = '11.19.1';

const debianImage = `localhost/cluster/debian:${suite}`;
/** What the services run on. */
export const runtimeImage = `localhost/cluster/node:${pinned.node}`;
/** What they are built on: npm, and the authorities that this machine trusts. */
export const buildImage = `localhost/cluster/node-npm:${pinned.node}-${npmVersion}`;

const packageStore = path.join(clusterFolder, 'pnpm-store');

/** What `docker build` is given beside what the documentation prints. */
export const buildArguments = [
  `--build-arg NODE_IMAGE=${buildImage}`,
  `--build-arg RUNTIME_IMAGE=${runtimeImage}`,
  // Packages are downloaded once and not with every build.
  `--volume '${packageStore}:/pnpm-store'`,
];

export async function makeBaseImages(): Promise<void> {
  if (!(await isMadeBy(debianImage))) await makeDebian();
  await buildOnce(runtimeImage, {
    lines: [`FROM ${debianImage}`, 'COPY node /usr/local/bin/node'],
    fill: (folder) => cpSync(process.execPath, path.join(folder, 'node')),
  });
  const authorities = process.env['NODE_EXTRA_CA_CERTS'] ?? '';
  const trusted = existsSync(authorities)
    ? ['COPY authorities.pem /etc/authorities.pem', 'ENV NODE_EXTRA_CA_CERTS=/etc/authorities.pem']
    : [];
  await buildOnce(buildImage, {
    lines: [
      `FROM ${runtimeImage}`,
      'COPY npm /usr/local',
      'ENV npm_config_store_dir=/pnpm-store',
      ...trusted,
    ],
    async fill(folder) {
      const prefix = path.join(folder, 'npm');
      const options = ['--global', '--no-fund', '--no-audit', '--prefix', prefix];
      await run('npm', ['install', ...options, `npm@${npmVersion}`]);
      if (trusted.length > 0)
        cpSync(authorities, path.join(folder, 'authorities.pem'), { dereference: true });
    },
  });
  mkdirSync(packageStore, { recursive: true });
}

async function makeDebian(): Promise<void> {
  const folder = path.join(clusterFolder, 'debian');
  try {
    await run('debootstrap', ['--variant=minbase', suite, folder]);
    // Without a PATH Kubernetes finds no program of the image.
    const change = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    await run('tar', ['-C', folder, '--exclude=./var/cache/apt/archives/*.deb', '-cf', `${folder}.tar`, '.']);
    await podman('import', '--change', change, `${folder}.tar`, debianImage);
  } finally {
    // An interrupted debootstrap leaves these.
    for (const mount of ['proc', 'sys'])
      await attempt('umount', [path.join(folder, mount)], { evenInterrupted: true });
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.tar`, { force: true });
  }
}
