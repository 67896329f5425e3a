/** Records which foreign software a suite ran against, for docs/explain/interoperability.md. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** `day` is that of the run, `suite` a path from the root of the repository. */
export interface ForeignSoftwareRun {
  name: string;
  version: string;
  /** Says what Gatehouse did with the software, without a subject: "signs people in by SAML". */
  does: string;
  suite: string;
  day: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Holds a file for each piece of software and suite that ran here. */
export const foreignSoftwareFolder = `${root}.gatehouse/foreign-software`;

/**
 * Call it in the `describe` block of a suite: after the block it records the run, where every test of the block passed.
 * `version` is asked at the end of the block, before the hooks that were registered earlier: the software itself says it.
 */
export function recordForeignSoftware(
  name: string,
  does: string,
  version: () => string | Promise<string>,
): void {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest demands a pattern, and gives nothing that is needed here.
  afterAll(async ({}, { file, tasks }) => {
    const states = tasks.map(({ result, mode }) => result?.state ?? mode);
    if (!states.includes('pass') || states.includes('fail')) return;
    writeRun({ name, does, version: await version(), suite: file.filepath.slice(root.length) });
  });
}

/** The same for a library of npm. `importer`: the address of a module that imports the library. */
export function recordForeignLibrary(name: string, does: string, importer: string): void {
  recordForeignSoftware(name, does, () => {
    const description = readFileSync(findPackageJSON(name, importer) as string, 'utf8');
    return (JSON.parse(description) as { version: string }).version;
  });
}

/** Records a run that no suite of tests does, such as a row of the laboratory. */
export function writeRun(run: Omit<ForeignSoftwareRun, 'day'>): void {
  mkdirSync(foreignSoftwareFolder, { recursive: true });
  const file = `${run.name} ${run.suite}`.replaceAll(/[^\w.-]+/g, '-');
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(`${foreignSoftwareFolder}/${file}.json`, `${JSON.stringify({ ...run, day })}\n`);
}

/** The first version number that a program prints. */
export function printedVersion(program: string, ...args: string[]): string {
  const printed = execFileSync('sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args], { encoding: 'utf8' });
  const version = /\d+(?:\.\d+)+/.exec(printed)?.[0];
  if (version === undefined) throw new Error(`${program} prints no version`);
  return version;
}

/** The upstream version of an installed Debian package. */
export const debianVersion = (packageName: string) => printedVersion('dpkg-query', '--show', packageName);
