/** `npm run test:compose`: builds the images, examines them, runs docs/start/one-machine.md as it is printed, and prints a table. */
import { join } from 'node:path';
import { createProgress, fail, PlainError } from '../bootstrap/progress.mjs';
import { buildImages, imageName, targets } from '../images/build.ts';
import { root } from '../images/podman.ts';
import { interruption } from '../programs/execute.ts';
import { whyNotBuildable } from '../real/consul/build.ts';
import { findConsul } from '../real/consul/places.ts';
import { whyNotInstallable as whyNoElasticsearch } from '../real/elasticsearch/install.ts';
import { startDocker, whyNoDocker } from './docker.ts';
import { examineImage, writeBills } from './images/contents.ts';
import { makeStandIns } from './images/stand-ins.ts';
import { hardeningFaults, type Installation, prepareInstallation, takeImages } from './installation.ts';
import { findInElasticsearch, firstLogin, signIn, startTime } from './proofs.ts';

const progress = createProgress({ quiet: false });
const tag = 'compose';
const bills = join(root, '.gatehouse/release');
const services = ['auth-api', 'auth-ui', 'environment-api'] as const;
const faults: string[] = [];
const rows: [string, string][] = [];

async function images(): Promise<void> {
  await progress.step('Images of this checkout', () => buildImages({ tag }));
  await progress.step('Stand-ins for the images of the stores', makeStandIns);
  await progress.step('Bills of materials', () => writeBills(bills));
  for (const target of targets) {
    const { megabytes, packages, faults: found } = await examineImage(target, imageName(target, tag), bills);
    faults.push(...found.map((fault) => `${target}: ${fault}`));
    rows.push([`image ${target}`, `${megabytes} MB beside Node, ${packages} packages`]);
  }
}

async function compose(): Promise<void> {
  const daemon = await progress.step('Docker and Docker Compose', startDocker);
  try {
    await progress.step('Images into the daemon', () => takeImages(daemon, tag));
    await asPrinted(prepareInstallation(daemon));
    const second = prepareInstallation(daemon);
    await timed('installation with the argument consul', () => second.start('consul'));
    await takeAway(second);
  } finally {
    await daemon.close();
  }
}

async function asPrinted(installation: Installation): Promise<void> {
  await timed('installation as printed', () => installation.start());
  for (const [title, prove] of [
    ['first login as printed', firstLogin],
    ['login', signIn],
    ['audit', findInElasticsearch],
  ] as const)
    rows.push([title, await progress.step(title, () => prove(installation))]);
  faults.push(...(await hardeningFaults(installation)));
  for (const service of services)
    rows.push([
      `start of ${service}`,
      await progress.step(`start of ${service}`, () => startTime(installation, service)),
    ]);
  await takeAway(installation);
}

async function timed(title: string, work: () => Promise<void>): Promise<void> {
  const beganMs = performance.now();
  await progress.step(title, work);
  rows.push([title, `everything healthy after ${Math.round((performance.now() - beganMs) / 1000)} s`]);
}

async function takeAway(installation: Installation): Promise<void> {
  const left = await progress.step('docker compose down --volumes', installation.removed);
  faults.push(...left.map((text) => `left behind: ${text}`));
  rows.push(['left after down --volumes', left.length === 0 ? 'nothing' : left.join(', ')]);
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  const consul = findConsul() === undefined ? whyNotBuildable() : undefined;
  const reason = whyNoDocker() ?? whyNoElasticsearch() ?? consul;
  if (reason !== undefined) throw new PlainError(`The images cannot be tried here: ${reason}.`);
  await images();
  await compose();
  for (const [what, result] of rows) console.log(`| ${what} | ${result} |`);
  for (const fault of faults) console.error(`Must not be: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch(fail);
