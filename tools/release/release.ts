/** What a release consists of, as its steps hand it on: name and digest of each image and chart. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from '../generate/versions.ts';
import { root } from '../images/podman.ts';

export const version = versionOf(root);

export interface BuiltImages {
  /** As OCI names it: amd64 or arm64. */
  architecture: string;
  /** Target of docker/Dockerfile → digest of its image. */
  digests: Record<string, string>;
}

export interface Release {
  /** Host, and a path where there is one. Images are below `gatehouse/`, charts below `charts/`. */
  registry: string;
  images: Record<string, { digest: string; platforms: Record<string, string> }>;
  charts: Record<string, string>;
}

export const imageOf = (registry: string, target: string) => `${registry}/gatehouse/${target}`;
export const chartOf = (registry: string, chart: string) => `${registry}/charts/${chart}`;

/** A registry of this machine speaks HTTP without TLS, for every program here. */
export const isLocal = (registry: string) => /^127\.0\.0\.1[:/]/.test(registry);

export function readRelease(folder: string): Release {
  const file = join(folder, 'release.json');
  if (!existsSync(file)) throw new Error(`${file} is missing: run the step index first, or give --release`);
  return JSON.parse(readFileSync(file, 'utf8')) as Release;
}

export function writeRelease(folder: string, release: Release): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'release.json'), `${JSON.stringify(release, null, 2)}\n`);
}

/** Everything that is signed, by digest. */
export function signedReferences({ registry, images, charts }: Release): string[] {
  return [
    ...Object.entries(images).map(([target, { digest }]) => `${imageOf(registry, target)}@${digest}`),
    ...Object.entries(charts).map(([chart, digest]) => `${chartOf(registry, chart)}@${digest}`),
  ];
}

/** The images of the platforms, which their own jobs sign. */
export function platformReferences({ registry, images }: Release): string[] {
  return Object.entries(images).flatMap(([target, { platforms }]) =>
    Object.values(platforms).map((digest) => `${imageOf(registry, target)}@${digest}`),
  );
}
