/** Builds a real Traefik with the Go toolchain of the machine, once for each state of its recipe. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { run } from '../../programs/execute.ts';
import { compileGo, keptArguments, keptProgram, whyNoGo } from '../../programs/go.ts';
import { type Needed, withNews } from '../provide.ts';

const module = import.meta.dirname;
const server = 'github.com/traefik/traefik/v3';
const acme = 'github.com/go-acme/lego/v5';
/** Where go.mod looks for the ACME library. */
const acmeFolder = join(module, '../../../.gatehouse/traefik/lego');
/** Traefik imports these folders of it. The others are programs, and clients of two hundred DNS providers with their SDKs. */
const acmeParts = 'acme certcrypto certificate challenge internal lego log platform registration'.split(' ');

export const traefik: Needed = {
  name: 'Traefik',
  find: findTraefik,
  whyNot: () => whyNoGo([1, 26]),
  step: 'building Traefik, once: some minutes',
  install: () => withNews(build),
};

/** The one that the variable TRAEFIK names, or what was built before. */
export function findTraefik(): string | undefined {
  return process.env['TRAEFIK'] || [builtProgram()].find((program) => existsSync(program));
}

async function build(onPackage: (count: number) => void): Promise<string> {
  await prepareAcme();
  // Its releases are compiled so, too: without it the program calls its version "dev". The last -ldflags counts.
  const version = `-X ${server}/pkg/version.Version=${versionOf(server).slice(1)}`;
  const args = [...keptArguments, '-ldflags', `${keptArguments.at(-1)} ${version}`];
  const program = builtProgram();
  await compileGo({ module, package: `${server}/cmd/traefik`, program, args, onPackage });
  return program;
}

const builtProgram = () => keptProgram(module, 'traefik', ['build.ts', 'dns/dns.go', 'ext/ext.go']);

/** The version that go.mod pins, with its `v`. */
const versionOf = (name: string) =>
  new RegExp(`${name} (v\\S+)`).exec(readFileSync(join(module, 'go.mod'), 'utf8'))?.[1] ?? '';

/** Go proves the download by its public record of checksums. */
async function prepareAcme(): Promise<void> {
  const answer = await run('go', ['mod', 'download', '-json', `${acme}@${versionOf(acme)}`], { cwd: module });
  const { Dir: folder } = JSON.parse(answer) as { Dir: string };
  rmSync(acmeFolder, { recursive: true, force: true });
  for (const part of acmeParts) copySources(folder, part);
  const providers = join(acmeFolder, 'providers/dns');
  mkdirSync(providers, { recursive: true });
  copyFileSync(join(module, 'dns/dns.go'), join(providers, 'dns.go'));
  writeFileSync(join(acmeFolder, 'go.mod'), `module ${acme}\n\ngo 1.26.0\n`);
}

/** Go keeps downloads read-only; these files can be replaced. */
function copySources(folder: string, part: string): void {
  const entries = readdirSync(join(folder, part), { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    if (name.endsWith('_test.go')) continue;
    const place = join(acmeFolder, relative(folder, parentPath));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, name), readFileSync(join(parentPath, name)));
  }
}
