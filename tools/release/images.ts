/** Builds the images for this machine, pushes them, tests each by its digest, and joins those of all architectures. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examineImage, writeBills } from '../compose/images/contents.ts';
import { makeNodeImages, type NodeImages } from '../images/base.ts';
import { buildImages, imageName, provenance, type Target, targets } from '../images/build.ts';
import { podman, podmanEnvironment, root } from '../images/podman.ts';
import { attempt } from '../programs/execute.ts';
import type { Signer } from './cosign.ts';
import { provenanceOf } from './provenance.ts';
import { type BuiltImages, imageOf, isLocal, type Release, version } from './release.ts';

const tag = `release-${version}`;

export async function build(bases: NodeImages | undefined): Promise<string> {
  await buildImages({ tag, ...(bases && { bases }) });
  return `${targets.length} images for ${architecture()}`;
}

/** Digest of each image, as the registry has it. */
export async function push(registry: string, folder: string): Promise<BuiltImages> {
  const digests: Record<string, string> = {};
  const file = join(folder, 'digest');
  mkdirSync(folder, { recursive: true });
  for (const target of targets) {
    const place = `docker://${imageOf(registry, target)}:${version}-${architecture()}`;
    await podman('push', '--quiet', ...tls(registry), '--digestfile', file, imageName(target, tag), place);
    digests[target] = readFileSync(file, 'utf8').trim();
  }
  return { architecture: architecture(), digests };
}

/** Takes each image from the registry by its digest, looks at what is in it and starts it. @throws Error that names all faults */
export async function testBuilt(registry: string, { digests }: BuiltImages, folder: string): Promise<string> {
  await writeBills(folder);
  const figures: string[] = [];
  const faults: string[] = [];
  for (const target of targets) {
    const reference = `${imageOf(registry, target)}@${digests[target]}`;
    await podman('pull', '--quiet', ...tls(registry), reference);
    const report = await examineImage(target, reference, folder);
    const found = [...report.faults, ...(await faultsOfStart(target, reference))];
    faults.push(...found.map((fault) => `${target}: ${fault}`));
    figures.push(`${target} ${report.megabytes} MB`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return figures.join(', ');
}

/** Without settings a service names the first one that is missing, and ends with EX_CONFIG of sysexits.h. */
async function faultsOfStart(target: Target, reference: string): Promise<string[]> {
  const bare = ['run', '--rm', '--no-healthcheck', '--read-only', '--network', 'none', reference];
  const expected = {
    'auth-api': { args: [], exitCode: 78, says: 'GATEHOUSE_PUBLIC_URL' },
    'auth-ui': { args: [], exitCode: 78, says: 'GATEHOUSE_PUBLIC_URL' },
    'environment-api': { args: [], exitCode: 78, says: 'GATEHOUSE_AUTH_API_URL' },
    'config-server-simulator': { args: ['--help'], exitCode: 0, says: 'config-server-simulator serve' },
    cli: { args: ['--version'], exitCode: 0, says: version },
  }[target];
  const env = { ...process.env, ...podmanEnvironment() };
  const said = await attempt('podman', [...bare, ...expected.args], { env });
  const isRight =
    said.exitCode === expected.exitCode && `${said.stdout}${said.stderr}`.includes(expected.says);
  return isRight
    ? []
    : [`it ended with ${said.exitCode} and did not name ${expected.says}: ${said.stderr.slice(-500)}`];
}

/** Signs what this machine built, with its bill of materials and how it was built. */
export async function attestBuilt(
  registry: string,
  { architecture: platform, digests }: BuiltImages,
  folder: string,
  signer: Signer,
  bases: NodeImages | undefined,
): Promise<string> {
  const file = join(folder, 'provenance.json');
  const { REVISION: revision, SOURCE: source } = await provenance(root);
  const { runtime } = bases ?? (await makeNodeImages());
  const base = {
    uri: `oci:${runtime}`,
    digest: sha256(await podman('inspect', '--format', '{{.Digest}}', runtime)),
  };
  for (const target of targets) {
    const reference = `${imageOf(registry, target)}@${digests[target]}`;
    const predicate = provenanceOf({ source, revision }, { target, platform, version }, [base]);
    writeFileSync(file, JSON.stringify(predicate));
    await signer.sign(reference);
    await signer.attest(reference, 'cyclonedx', join(folder, `gatehouse-${target}.cdx.json`));
    await signer.attest(reference, 'slsaprovenance1', file);
  }
  return `${targets.length} images with CycloneDX and SLSA provenance`;
}

/** One name for the images of all architectures. The digests stay those that were tested: the list is of Docker's format, as they are. */
export async function joinImages(
  registry: string,
  built: readonly BuiltImages[],
  folder: string,
): Promise<Release> {
  const release: Release = { registry, images: {}, charts: {} };
  const file = join(folder, 'digest');
  mkdirSync(folder, { recursive: true });
  for (const target of targets) {
    const platforms = Object.fromEntries(
      built.map(({ architecture: platform, digests }) => [platform, digests[target] ?? '']),
    );
    const list = `localhost/gatehouse-list/${target}:${version}`;
    await podman('manifest', 'rm', list).catch(() => undefined);
    await podman('manifest', 'create', list);
    for (const digest of Object.values(platforms))
      await podman(
        'manifest',
        'add',
        ...tls(registry),
        list,
        `docker://${imageOf(registry, target)}@${digest}`,
      );
    const place = `docker://${imageOf(registry, target)}:${version}`;
    const options = ['--all', '--format', 'v2s2', '--digestfile', file, ...tls(registry)];
    await podman('manifest', 'push', ...options, list, place);
    release.images[target] = { digest: readFileSync(file, 'utf8').trim(), platforms };
  }
  return release;
}

const tls = (registry: string) => (isLocal(registry) ? ['--tls-verify=false'] : []);
const sha256 = (digest: string) => ({ sha256: digest.replace(/^sha256:/, '') });

function architecture(): string {
  const known: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
  return known[process.arch] ?? process.arch;
}
