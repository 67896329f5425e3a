/** `npm run test:real`: gets the real servers that the slow suites need, then runs them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createProgress } from '../bootstrap/progress.mjs';
import { buildConsul, whyNotBuildable } from '../consul/build.ts';
import { findConsul } from '../consul/places.ts';
import { installElasticsearch, whyNotInstallable as whyNoElasticsearch } from '../elasticsearch/install.ts';
import { findElasticsearch } from '../elasticsearch/places.ts';
import { installKeycloak, whyNotInstallable as whyNoKeycloak } from '../keycloak/install.ts';
import { findKeycloak, whyNotRunnable } from '../keycloak/places.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const progress = createProgress({ quiet: false });

/** What the suites of a server need before they start. */
interface Needed {
  name: string;
  find(): string | undefined;
  /** Why it cannot be had here: its suites are skipped then, and counted as such. */
  whyNot(): string | undefined;
  /** What is done, once. */
  step: string;
  install(): Promise<unknown>;
}

const needed: Needed[] = [
  {
    name: 'Consul agent',
    find: findConsul,
    whyNot: whyNotBuildable,
    step: 'building a Consul agent, once: some minutes',
    install: buildWithNews,
  },
  {
    name: 'Elasticsearch',
    find: findElasticsearch,
    whyNot: whyNoElasticsearch,
    step: 'installing Elasticsearch, once',
    install: installElasticsearch,
  },
  {
    name: 'Keycloak',
    find: () => (whyNotRunnable() === undefined ? findKeycloak() : undefined),
    whyNot: whyNoKeycloak,
    step: 'installing Keycloak, once',
    install: installKeycloak,
  },
];

let hasFailed = false;
for (const server of needed) if (!(await prepare(server))) hasFailed = true;
const vitest = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.real.config.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = vitest.status === 0 && !hasFailed ? 0 : vitest.status || 1;

/** False where it should have been installed and was not; the suites of the other servers run all the same. */
async function prepare({ name, find, whyNot, step, install }: Needed): Promise<boolean> {
  const found = find();
  if (found !== undefined) {
    progress.note(`${name}: ${found}`);
    return true;
  }
  const reason = whyNot();
  if (reason !== undefined) {
    progress.note(`${reason}: the suites that need ${name} are skipped`);
    return true;
  }
  try {
    await progress.step(step, install);
    return true;
  } catch (error) {
    console.error((error as Error).message);
    return false;
  }
}

async function buildWithNews(): Promise<void> {
  const reportEveryMs = 20_000;
  let packages = 0;
  const timer = setInterval(() => progress.note(`${packages} packages compiled`), reportEveryMs);
  try {
    await buildConsul((count) => {
      packages = count;
    });
  } finally {
    clearInterval(timer);
  }
}
