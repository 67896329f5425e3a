/** `npm run test:real`: gets the real servers that the slow suites need, then runs them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createProgress } from '../bootstrap/progress.mjs';
import { buildConsul, whyNotBuildable } from '../consul/build.ts';
import { findConsul } from '../consul/places.ts';
import { installElasticsearch, whyNotInstallable } from '../elasticsearch/install.ts';
import { findElasticsearch } from '../elasticsearch/places.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const progress = createProgress({ quiet: false });

const failures = [await prepareConsul(), await prepareElasticsearch()];
const hasFailed = failures.includes(true);
const vitest = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.real.config.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = vitest.status === 0 && !hasFailed ? 0 : vitest.status || 1;

/** Whether an agent should have been built and was not; the suites of the other servers run all the same. */
async function prepareConsul(): Promise<boolean> {
  const found = findConsul();
  if (found !== undefined) {
    progress.note(`Consul agent: ${found}`);
    return false;
  }
  const reason = whyNotBuildable();
  if (reason !== undefined) {
    progress.note(`no consul on the PATH and ${reason}: the suites that need a Consul agent are skipped`);
    return false;
  }
  try {
    await progress.step('building a Consul agent, once: some minutes', buildWithNews);
    return false;
  } catch (error) {
    console.error((error as Error).message);
    return true;
  }
}

/** As for the agent. */
async function prepareElasticsearch(): Promise<boolean> {
  const found = findElasticsearch();
  if (found !== undefined) {
    progress.note(`Elasticsearch: ${found}`);
    return false;
  }
  const reason = whyNotInstallable();
  if (reason !== undefined) {
    progress.note(`${reason}: the suites that need an Elasticsearch are skipped`);
    return false;
  }
  try {
    await progress.step('installing Elasticsearch, once', installElasticsearch);
    return false;
  } catch (error) {
    console.error((error as Error).message);
    return true;
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
