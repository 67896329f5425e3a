/** `tools/ci/affected.ts BASE`: prints, as a JSON list, the long suites whose subject a change since BASE touches. `.ci/run` has the others. */
import { execFileSync } from 'node:child_process';

/** What each suite is about. Paths are those of git, from the root of the repository. */
export const subjects: Record<string, RegExp> = {
  'test:cluster':
    /^(?:charts|docker|lab\/cluster|tools\/images)\/|\/migrations\/|^docs\/guides\/(?:deployment|operations|runbooks)\.md$/,
  'test:compose': /^(?:docker|tools\/compose|tools\/images)\/|^pnpm-lock\.yaml$/,
  'test:pages': /^services\/auth-ui\//,
  docs: /\.md$|^docs\/|^tools\/docs\/|^services\/[^/]+\/openapi\.json$/,
  'test:proxies': /^tools\/real\/traefik\/|^docs\/guides\/reverse-proxy\.md$/,
  'test:clock': /^lab\/failures\/clock\/|^packages\/service-kit\/src\/timekeeping\//,
  'check:plans': /\/migrations\/|^lab\/plans\//,
};

export function affectedSuites(changedFiles: readonly string[]): string[] {
  return Object.entries(subjects).flatMap(([suite, subject]) =>
    changedFiles.some((file) => subject.test(file)) ? [suite] : [],
  );
}

if (import.meta.main) {
  const [base = ''] = process.argv.slice(2);
  // Three dots: what this branch changed, without what happened on the other one since.
  const changed = execFileSync('git', ['diff', '--name-only', `${base}...HEAD`], { encoding: 'utf8' });
  console.log(JSON.stringify(affectedSuites(changed.split('\n').filter(Boolean))));
}
