/** `npm run release -- STEP [options]`: one step of a release. The workflow and the rehearsal run the same ones. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { archive as documentation } from '../docs/pages.ts';
import { root } from '../images/podman.ts';
import { run } from '../programs/execute.ts';
import { changesOf, sectionOf } from './changelog.ts';
import { pushCharts } from './charts.ts';
import { packCli, publishCli, tryCli } from './cli.ts';
import { createSigner, trustArguments } from './cosign.ts';
import { attestBuilt, build, joinImages, push, testBuilt } from './images.ts';
import { releaseNotes, verificationCommands } from './notes.ts';
import { releaseProgram } from './programs.ts';
import {
  type BuiltImages,
  type Release,
  readRelease,
  signedReferences,
  version,
  writeRelease,
} from './release.ts';

const usage = `Usage: npm run release -- STEP [options]

Steps, in their order:
  login     keeps the credentials of the registry for podman, helm and cosign (variables REGISTRY_USER and REGISTRY_PASSWORD)
  build     builds the images for the architecture of this machine
  push      pushes them, tests each by its digest, signs and attests it
  join      joins the images of all architectures to one name each, and signs it (--images for each architecture)
  charts    packs the charts with the digests of the images, pushes and signs them
  verify    verifies everything in the registry as the notes say
  cli       packs the command line for npm and runs it from an empty folder
  npm       publishes that package
  notes     writes the notes
  announce  publishes the notes and the documentation as a release of the platform (program gh)

Options:
  --registry HOST[/PATH]    where images and charts go
  --folder FOLDER           where the files go; default .gatehouse/release
  --key FILE, --public-key FILE  a key of cosign in place of the identity of the workflow
  --images JSON             what push printed; may be repeated
  --release JSON            what charts printed; default: what it wrote into the folder
  --node-image IMAGE, --runtime-image IMAGE  bases in place of Debian, as docker/Dockerfile takes them
  --stores-registry HOST    registry of the images of the stores of an evaluation, in place of that of the values
  --section NAME            section of CHANGELOG.md; default the version
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    registry: { type: 'string' },
    folder: { type: 'string', default: join(root, '.gatehouse/release') },
    key: { type: 'string' },
    'public-key': { type: 'string' },
    images: { type: 'string', multiple: true, default: [] },
    release: { type: 'string' },
    'node-image': { type: 'string' },
    'runtime-image': { type: 'string' },
    'stores-registry': { type: 'string' },
    section: { type: 'string', default: version },
    help: { type: 'boolean' },
  },
});

const folder = resolve(values.folder);
const archive = join(folder, `gatehouse-cli-${version}.tgz`);
const notesFile = join(folder, 'notes.md');

const steps: Record<string, () => Promise<string>> = {
  async login() {
    const { REGISTRY_USER: user = '', REGISTRY_PASSWORD: input = '' } = process.env;
    const [host = ''] = registry().split('/');
    const args = ['login', '--authfile', join(homedir(), '.docker/config.json'), '--username', user];
    await run('podman', [...args, '--password-stdin', host], { input });
    return '';
  },
  build: () => build(bases()),
  async push() {
    const built = await push(registry(), folder);
    const tested = await testBuilt(registry(), built, folder);
    const signed = await attestBuilt(registry(), built, folder, await createSigner(values.key), bases());
    writeFileSync(join(folder, `images-${built.architecture}.json`), JSON.stringify(built));
    output(built.architecture, built);
    return `${tested}; signed: ${signed}`;
  },
  async join() {
    const built = values.images.map((text) => JSON.parse(text) as BuiltImages);
    const release = await joinImages(registry(), built, folder);
    const signer = await createSigner(values.key);
    for (const reference of signedReferences(release)) await signer.sign(reference);
    writeRelease(folder, release);
    return built.map(({ architecture }) => architecture).join(' and ');
  },
  async charts() {
    const release = readRelease(folder);
    const changes = changesOf(sectionOf(read('CHANGELOG.md'), values.section));
    const storesRegistry = values['stores-registry'];
    const charts = await pushCharts({ release, folder, changes, storesRegistry });
    const signer = await createSigner(values.key);
    for (const reference of signedReferences({ ...release, images: {}, charts }))
      await signer.sign(reference);
    writeRelease(folder, { ...release, charts });
    output('release', { ...release, charts });
    return Object.keys(charts).join(', ');
  },
  async verify() {
    const commands = verificationCommands(release(), trust());
    const cosign = await releaseProgram('cosign');
    for (const [, ...args] of commands) await run(cosign, args);
    return `${commands.length} commands of the notes`;
  },
  async cli() {
    return await tryCli(await packCli(folder), folder);
  },
  npm: () => publishCli(archive),
  async notes() {
    const changes = sectionOf(read('CHANGELOG.md'), values.section);
    const page = read('docs/contributing/release.md');
    mkdirSync(folder, { recursive: true });
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
    const source = server && repository ? `${server}/${repository}` : undefined;
    writeFileSync(notesFile, releaseNotes({ changes, page, release: release(), trust: trust(), source }));
    return notesFile;
  },
  announce: () =>
    run('gh', ['release', 'create', `v${version}`, documentation, '--verify-tag', '--notes-file', notesFile]),
};

const [name = ''] = positionals;
const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
if (values.help === true || step === undefined) {
  process.stdout.write(usage);
  process.exitCode = values.help === true ? 0 : 2;
} else console.log(await step());

function registry(): string {
  if (values.registry === undefined) throw new Error('--registry is missing: where images and charts go');
  return values.registry;
}

function bases() {
  const { 'node-image': node, 'runtime-image': runtime = node } = values;
  return node === undefined || runtime === undefined ? undefined : { node, runtime };
}

function release(): Release {
  return values.release === undefined ? readRelease(folder) : (JSON.parse(values.release) as Release);
}

function trust(): string[] {
  return trustArguments(values['public-key']);
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** For the jobs of the workflow that follow. */
function output(name: string, value: object): void {
  const file = process.env['GITHUB_OUTPUT'];
  if (file !== undefined) appendFileSync(file, `${name}=${JSON.stringify(value)}\n`);
}
