/** Who may import whom. The rules are the picture in docs/architecture.md; this file enforces it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { sourceFiles } from './source-files.ts';

/** Workspace packages that each place may import from its sources. */
const allowedPackages: Record<string, readonly string[]> = {
  'packages/contracts': [],
  'packages/service-kit': ['contracts'],
  'packages/config-server-client': [],
  'packages/config-server-simulator': ['config-server-client'],
  'packages/testing': [],
  'packages/cli': ['contracts'],
  'services/auth-api': ['contracts', 'service-kit', 'config-server-client'],
  'services/auth-ui': ['contracts', 'service-kit'],
  'services/environment-api': ['contracts', 'service-kit', 'config-server-client'],
};

/** Drivers that only stores and the composition root may import for more than their types. */
const drivers = new Set(['pg', 'ioredis']);
const mayImportDrivers = /(^|\/)(deps|store|[a-z-]*store)\.ts$/;

const importStatement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

interface Import {
  path: string;
  specifier: string;
  isTypeOnly: boolean;
}

/** One sentence for each import that breaks a rule. */
export function wrongImports(root: string): string[] {
  return sourceFiles(root, /^(services|packages)\/[^/]+\/src\/.*\.ts$/)
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => importsOf(root, path))
    .flatMap((entry) => [...wrongPackage(entry), ...wrongFolder(entry), ...wrongDriver(entry)]);
}

function importsOf(root: string, path: string): Import[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(importStatement)].map((match) => ({
    path,
    specifier: match[2] ?? '',
    isTypeOnly: match[1] !== undefined,
  }));
}

function wrongPackage({ path, specifier }: Import): string[] {
  if (!specifier.startsWith('@gatehouse/')) return [];
  const place = path.split('/').slice(0, 2).join('/');
  const target = specifier.split('/')[1] ?? '';
  if (allowedPackages[place]?.includes(target)) return [];
  return [`${path}: ${place} may not import @gatehouse/${target}`];
}

/** A domain reaches another through its service, never through its store or its routes. */
function wrongFolder({ path, specifier }: Import): string[] {
  if (!specifier.startsWith('.') || !path.startsWith('services/')) return [];
  const target = normalize(join(dirname(path), specifier));
  if (!target.startsWith(path.split('/').slice(0, 3).join('/')))
    return [`${path}: ${specifier} leaves the service`];
  const from = path.split('/').slice(3);
  const to = target.split('/').slice(3);
  const crossesDomain = to.length > 1 && from.length > 1 && from[0] !== to[0];
  if (crossesDomain && /(^|-)(store|routes)\.ts$/.test(to.at(-1) ?? '')) {
    return [`${path}: ${from[0]} must use ${to[0]}'s service, not its ${to.at(-1)}`];
  }
  if (to.length === 1 && /^(app|main)\.ts$/.test(to[0] ?? '') && from.length > 1) {
    return [`${path}: a domain may not import ${to[0]}`];
  }
  return [];
}

function wrongDriver({ path, specifier, isTypeOnly }: Import): string[] {
  if (isTypeOnly || !path.startsWith('services/') || !drivers.has(specifier)) return [];
  return mayImportDrivers.test(path) ? [] : [`${path}: only stores and deps.ts import ${specifier}`];
}
