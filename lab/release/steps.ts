/** The steps of a release, run as the workflow runs them; all after the build stand in a network without a way out. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { attempt, run } from '../../tools/programs/execute.ts';
import { releaseProgram } from '../../tools/release/programs.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { storesImage } from '../cluster/images/node-images.ts';
import { inNetwork } from '../cluster/node/network.ts';
import { repository, version } from '../cluster/places.ts';
import { mustBe, type Step } from '../cluster/step.ts';
import { registry, startRegistry } from './registry.ts';

export const folder = path.join(repository, '.gatehouse/release');
const key = path.join(folder, 'cosign');
export const publicKey = `${key}.pub`;

const tool = [process.execPath, '--conditions=source', 'tools/release/run.ts'];
const common = ['--folder', folder, '--registry', registry];
const signing = ['--key', `${key}.key`];
const trusted = ['--public-key', publicKey];

/** A key without a password: it is of no use when the run is over. */
const unlocked = { COSIGN_PASSWORD: '' };

/** Runs a program without a way out. Its standard output. @throws Error with what it says */
export function inside(cluster: Cluster, ...command: string[]): Promise<string> {
  return run(...inNetwork(...command), { cwd: repository, env: { ...cluster.environment, ...unlocked } });
}

export const buildSteps: Step[] = [
  needed('cosign and the registry', async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await releaseProgram('cosign');
    await releaseProgram('registry');
    return 'compiled from their modules';
  }),
  needed('build', async () => run(tool[0] ?? '', [...tool.slice(1), 'build'], { cwd: repository })),
];

export const publishSteps: Step[] = [
  needed('no way out', async (cluster) => {
    const ask = `await fetch('https://example.com', { signal: AbortSignal.timeout(3000) })`;
    const node = [process.execPath, '--input-type=module', '--eval', ask];
    const { exitCode } = await attempt(...inNetwork(...node), { env: cluster.environment });
    mustBe(exitCode !== 0, 'the network of the node has a way out');
    return 'all that follows stands in the network of the node';
  }),
  needed('registry', async (cluster) => {
    await startRegistry();
    await inside(cluster, await releaseProgram('cosign'), 'generate-key-pair', '--output-key-prefix', key);
    // In place of those that docker.io has.
    for (const name of ['library/postgres:18', 'library/redis:7'])
      await inside(
        cluster,
        'podman',
        'push',
        '--quiet',
        '--tls-verify=false',
        storesImage,
        `${registry}/${name}`,
      );
    return 'distribution, HTTP on the machine itself';
  }),
  step('push', () => [...common, ...signing]),
  step('join', () => [...common, ...signing, '--images', built()]),
  step('charts', () => [...common, ...signing, '--stores-registry', registry, ...section()]),
  part('verify', () => [...common, ...trusted]),
  part('cli', () => common),
  {
    name: 'documentation',
    run: (cluster) =>
      inside(cluster, process.execPath, '--conditions=source', 'tools/docs/run.ts').then(lastLine),
  },
  part('notes', () => [...common, ...trusted, ...section()]),
];

/** One that nothing builds on. */
function part(name: string, options: () => string[]): Step {
  return { name, run: (cluster) => inside(cluster, ...tool, name, ...options()).then(lastLine) };
}

function step(name: string, options: () => string[]): Step {
  return { ...part(name, options), isNeeded: true };
}

function needed(name: string, work: Step['run']): Step {
  return { name, isNeeded: true, run: work };
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
const built = () => readFileSync(path.join(folder, `images-amd64.json`), 'utf8');

/** Before a version is given its section, its changes stand in the one that is not released. */
function section(): string[] {
  const isNamed = readFileSync(path.join(repository, 'CHANGELOG.md'), 'utf8').includes(`\n## [${version}]`);
  return isNamed ? [] : ['--section', 'Unreleased'];
}
