/** Builds the images of `docker/Dockerfile` from a checkout, as a release does, on bases made here. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../programs/execute.ts';
import { makeImage, makeNodeImages, type NodeImages } from './base.ts';
import { buildSettings, podman, root } from './podman.ts';

export const targets = ['auth-api', 'auth-ui', 'environment-api', 'config-server-simulator', 'cli'] as const;

export type Target = (typeof targets)[number];

export interface BuildOptions {
  tag: string;
  /** Default: this checkout. */
  source?: string;
  only?: readonly Target[];
  /** Default: Debian, as `makeNodeImages` makes it. */
  bases?: NodeImages;
}

export const imageName = (target: Target, tag: string) => `localhost/gatehouse/${target}:${tag}`;

/** Names of the built images. Layers of an earlier build of the same files are used again. */
export async function buildImages(options: BuildOptions): Promise<string[]> {
  const { tag, source = root, only = targets, bases = await makeNodeImages() } = options;
  const origin = await provenance(source);
  const values = {
    NODE_IMAGE: bases.node,
    RUNTIME_IMAGE: await baseOf(origin, bases.runtime),
    ...origin,
  };
  const settings = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const names: string[] = [];
  for (const target of only) {
    const name = imageName(target, tag);
    const file = ['--file', join(source, 'docker/Dockerfile'), '--target', target];
    await podman('build', '--layers', ...buildSettings, ...file, ...settings, '--tag', name, source);
    names.push(name);
  }
  return names;
}

/** A base for each origin: buildah takes the labels of an earlier build whatever their arguments were, but none of another base. */
async function baseOf(origin: Record<string, string>, runtime: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(origin)).digest('hex').slice(0, 16);
  const name = `localhost/gatehouse-origin:${hash}`;
  await makeImage(name, `FROM ${runtime}\nLABEL origin=${hash}\n`, async () => undefined);
  return name;
}

/** The time is that of the commit, so that the same commit makes the same labels. */
export async function provenance(source: string) {
  const git = async (...args: string[]) => (await run('git', ['-C', source, ...args])).trim();
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  return {
    VERSION: version,
    REVISION: await git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'),
    CREATED: await git('show', '--no-patch', '--format=%cI', 'HEAD'),
    SOURCE: await git('remote', 'get-url', 'origin').catch(() => 'unknown'),
  };
}
