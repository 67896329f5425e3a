/** Compares what is in a built image with what its bill of materials and its labels must say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provenance, type Target } from '../../images/build.ts';
import { podman, root } from '../../images/podman.ts';
import { run } from '../../programs/execute.ts';

/** Runs inside the image, with its own Node: an image has nothing else to look with. */
const look = `
import { existsSync, globSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
const entries = readdirSync('/app', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
// Packages are linked to each other: each file counts once.
const files = new Set(entries.map((entry) => realpathSync(entry.parentPath + '/' + entry.name)));
const names = globSync('/app/node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json').map((file) => {
  const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
  return name + '@' + version;
});
const notices = readFileSync('/app/THIRD-PARTY-NOTICES.txt', 'utf8');
const bytes = [...files].reduce((sum, file) => sum + statSync(file).size, 0);
const packages = [...new Set(names)].sort();
const unnoticed = packages.filter((name) => !name.startsWith('@gatehouse/') && !notices.includes('\\n' + name.replace(/(.)@/, '$1 ') + '\\nLicence: '));
const missing = ['LICENSE', 'NOTICE'].filter((file) => !existsSync('/app/' + file));
console.log(JSON.stringify({ bytes, uid: process.getuid(), packages, unnoticed, missing }));
`;

interface Contents {
  bytes: number;
  uid: number;
  packages: string[];
  /** Packages whose licence THIRD-PARTY-NOTICES.txt does not name. */
  unnoticed: string[];
  /** Files that every image must have. */
  missing: string[];
}

export interface ImageReport {
  target: Target;
  megabytes: number;
  packages: number;
  /** Sentences; empty when all is as it must be. */
  faults: string[];
}

/** `name`: of the image. `npm run sbom` must have run before; its files are in `billFolder`. */
export async function examineImage(target: Target, name: string, billFolder: string): Promise<ImageReport> {
  const node = ['--no-healthcheck', '--read-only', '--network', 'none', '--entrypoint', 'node'];
  const contents = JSON.parse(
    await podman('run', '--rm', ...node, name, '--input-type=module', '--eval', look),
  ) as Contents;
  const bill = billOf(join(billFolder, `gatehouse-${target}.cdx.json`));
  const unlisted = contents.packages.filter((one) => !bill.has(one));
  const absent = [...bill].filter((one) => !contents.packages.includes(one));
  const faults = [
    ...unlisted.map((one) => `${one} is in the image and not in its bill of materials`),
    ...absent.map((one) => `${one} is in the bill of materials and not in the image`),
    ...contents.unnoticed.map((one) => `${one} is in the image and not in THIRD-PARTY-NOTICES.txt`),
    ...contents.missing.map((one) => `the file ${one} is not in the image`),
    ...(contents.uid === 65_532 ? [] : [`it runs as user ${contents.uid}`]),
    ...(await faultsOfLabels(name)),
  ];
  const megabytes = Math.round(contents.bytes / 100_000) / 10;
  return { target, megabytes, packages: contents.packages.length, faults };
}

async function faultsOfLabels(name: string): Promise<string[]> {
  const labels = JSON.parse(await podman('inspect', '--format', '{{json .Config.Labels}}', name)) as Record<
    string,
    string
  >;
  const { VERSION, REVISION, CREATED, SOURCE } = await provenance(root);
  const wanted = { version: VERSION, revision: REVISION, created: CREATED, source: SOURCE };
  return Object.entries(wanted)
    .filter(([label, value]) => labels[`org.opencontainers.image.${label}`] !== value)
    .map(([label, value]) => `the label ${label} is not ${value}`);
}

/** Names with versions, as CycloneDX lists them: a scope is a group there. */
function billOf(file: string): Set<string> {
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as {
    components: { group?: string; name: string; version: string }[];
  };
  return new Set(
    components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  );
}

/** Writes the bills of all images into the folder. */
export function writeBills(folder: string): Promise<string> {
  return run(process.execPath, ['--conditions=source', 'tools/release/bills.ts', folder], { cwd: root });
}
