/** Makes the images of the release before from its own Dockerfile. */
import type { Cluster } from '../cluster.ts';
import { order } from './install.ts';

export const tagOf = (commit: string) => commit.slice(0, 12);

/** As docs/guides/deployment.md of both releases prints it; nothing is built where the images are there. */
export async function makeImages(cluster: Cluster, tree: string, tag: string): Promise<void> {
  for (const service of order) {
    const image = `registry.example.com/gatehouse/${service}:${tag}`;
    const build = `docker build --file docker/Dockerfile --target ${service} --tag ${image} .`;
    await cluster.shell.run(`(cd '${tree}'; docker image exists ${image} || ${build})\ndocker push ${image}`);
  }
}
