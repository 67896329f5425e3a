/** Changes what a registry holds, and takes another key: nothing of it may count. */
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { attempt } from '../../tools/programs/execute.ts';
import { trustArguments } from '../../tools/release/cosign.ts';
import { releaseProgram } from '../../tools/release/programs.ts';
import { chartOf, imageOf, readRelease } from '../../tools/release/release.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { inNetwork } from '../cluster/node/network.ts';
import { version } from '../cluster/places.ts';
import { mustBe, type Step } from '../cluster/step.ts';
import { registry, registryUrl, storage } from './registry.ts';
import { folder, inside, publicKey } from './steps.ts';

export const tampering: Step = {
  name: 'tampering',
  async run(cluster) {
    const { images, charts } = readRelease(folder);
    const cosign = await releaseProgram('cosign');
    const image = `${imageOf(registry, 'cli')}@${images['cli']?.digest}`;
    const verify = (reference: string, key = publicKey) =>
      ends(cluster, cosign, 'verify', ...trustArguments(key), reference);
    mustBe((await verify(image)) === 0, 'the signature of an image is not found before anything is changed');

    const other = path.join(folder, 'other');
    await inside(cluster, cosign, 'generate-key-pair', '--output-key-prefix', other);
    mustBe((await verify(image, `${other}.pub`)) !== 0, 'another key verifies an image');

    await changeManifest('gatehouse/cli', images['cli']?.digest ?? '');
    mustBe((await verify(`${imageOf(registry, 'cli')}:${version}`)) !== 0, 'a changed image is verified');
    await changeManifest('charts/gatehouse', charts['gatehouse'] ?? '');
    mustBe(
      (await verify(`${chartOf(registry, 'gatehouse')}:${version}`)) !== 0,
      'a changed chart is verified',
    );

    const built = images['cli']?.platforms['amd64'] ?? '';
    await changeLayer('gatehouse/cli', built);
    const reference = `${imageOf(registry, 'cli')}@${built}`;
    const pull = ['pull', '--quiet', '--tls-verify=false', reference];
    const empty = ['--root', path.join(storage, '../tampered'), '--storage-driver', 'vfs'];
    mustBe((await ends(cluster, 'podman', ...empty, ...pull)) !== 0, 'a changed layer is taken');
    return 'refused: another key, a changed image, a changed chart, a changed layer';
  },
};

async function ends(cluster: Cluster, ...command: string[]): Promise<number> {
  return (await attempt(...inNetwork(...command), { env: cluster.environment })).exitCode;
}

/** Puts the same content with one more annotation in the place of the tag, as somebody who may write to the registry can. */
async function changeManifest(name: string, digest: string): Promise<void> {
  const place = `${registryUrl}/v2/${name}/manifests`;
  const types = ['oci.image.index.v1', 'oci.image.manifest.v1', 'docker.distribution.manifest.list.v2'];
  const accept = types.map((type) => `application/vnd.${type}+json`).join(', ');
  const answer = await fetch(`${place}/${digest}`, { headers: { accept } });
  const changed = JSON.stringify({ ...((await answer.json()) as object), annotations: { changed: 'yes' } });
  const headers = { 'content-type': answer.headers.get('content-type') ?? '' };
  const put = await fetch(`${place}/${version}`, { method: 'PUT', headers, body: changed });
  mustBe(put.ok, `the registry takes no other manifest of ${name}: ${put.status} ${await put.text()}`);
}

/** Adds a byte to the last layer where the registry keeps it. */
async function changeLayer(name: string, digest: string): Promise<void> {
  const headers = { accept: 'application/vnd.docker.distribution.manifest.v2+json' };
  const answer = await fetch(`${registryUrl}/v2/${name}/manifests/${digest}`, { headers });
  const { layers } = (await answer.json()) as { layers: { digest: string }[] };
  const hex = layers.at(-1)?.digest.replace('sha256:', '') ?? '';
  const file = path.join(storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  mustBe(readFileSync(file).length > 0, `${name} has no last layer`);
  appendFileSync(file, 'x');
}
