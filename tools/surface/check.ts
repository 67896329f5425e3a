/** Demands a line of UPGRADING.md for everything that the last release promised and this tree does not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Loss, losses } from './compare.ts';
import { type Surface, surfaceOf } from './surface.ts';

/** A description for each release: a clone without tags and history has them. */
export const releasedFolder = 'tools/surface/released';

/** One sentence for each finding; empty when all is well. */
export function unsaidLosses(root: string): string[] {
  const folder = join(root, releasedFolder);
  const released = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Surface,
  );
  return judge(surfaceOf(root), released, readFileSync(join(root, 'UPGRADING.md'), 'utf8'));
}

export function judge(now: Surface, released: readonly Surface[], upgrading: string): string[] {
  const { version } = now;
  const same = released.find((one) => one.version === version);
  if (same && !isDeepStrictEqual(same, now))
    return [`${version} is released, and this tree is not what it was: give package.json the next version`];
  const before = released
    .filter((one) => isOlder(one.version, version))
    .sort((one, other) => (isOlder(one.version, other.version) ? 1 : -1))[0];
  if (!before) return [`${releasedFolder} describes no release before ${version}`];
  const lost = losses(before, now);
  const findings = lost
    .filter((loss) => !isSaid(loss, sectionOf(upgrading, version)))
    .map(sentenceOf(version));
  if (lost.length > 0 && !isBreakingStep(before.version, version))
    findings.push(
      `${version} takes ${lost.length} things away from ${before.version}: it needs a new major version, before 1.0 a new minor one`,
    );
  return findings;
}

const sentenceOf =
  (version: string) =>
  ({ names, what }: Loss) =>
    `${names.join(' ')} ${what}: UPGRADING.md needs a line below "To ${version}" with ${names.map((name) => `\`${name}\``).join(' and ')}`;

const isSaid = ({ names }: Loss, section: string) =>
  section.split('\n').some((line) => names.every((name) => line.includes(`\`${name}\``)));

function sectionOf(upgrading: string, version: string): string {
  const sections = upgrading.split(/^## /m);
  return sections.find((section) => section.startsWith(`To ${version} `)) ?? '';
}

function isOlder(one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { numeric: true }) < 0;
}

/** Semantic Versioning 2.0.0, sections 4 and 8. */
function isBreakingStep(before: string, now: string): boolean {
  const significant = (version: string) =>
    version.startsWith('0.') ? version.split('.').slice(0, 2).join('.') : version.split('.')[0];
  return significant(before) !== significant(now);
}
