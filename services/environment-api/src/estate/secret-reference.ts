/** References to secrets in an import: variables and files that were made for imports, and nothing else of this process. */
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { SecretField } from './document.ts';

/** Undefined: the reference leads nowhere here. @throws AppError 400 for one that is not permitted */
export type ResolveSecret = (secret: SecretField, field: string) => Promise<string | undefined>;

const variable = /^env:(GATEHOUSE_IMPORT_[A-Z0-9_]+)$/;
const file = /^file:([A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$/;

/** Whoever imports chooses names: other variables and files would hand him the secrets of this process. */
export function createResolveSecret(options: {
  env: Readonly<Record<string, string | undefined>>;
  folder: string | undefined;
}): ResolveSecret {
  return async (secret, field) => {
    if (typeof secret === 'string') return secret;
    const { ref } = secret;
    const name = variable.exec(ref)?.[1];
    if (name !== undefined) return options.env[name] || undefined;
    const path = file.exec(ref)?.[1];
    if (path !== undefined && options.folder !== undefined) return readInside(options.folder, path);
    const advice =
      path !== undefined
        ? 'this installation has no folder for them (GATEHOUSE_IMPORT_SECRETS_FOLDER)'
        : 'write env:GATEHOUSE_IMPORT_… or file:name';
    throw badRequest(`The reference ${JSON.stringify(ref)} is not permitted: ${advice}`, { field });
  };
}

/** The name under which an export asks for a secret. */
export function referenceFor(
  kind: 'PASSWORD' | 'CLIENT_SECRET' | 'TLS_KEY',
  id: string,
  location = '',
): { ref: string } {
  const name = `${id}${location === '/' ? '' : location}`.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return { ref: `env:GATEHOUSE_IMPORT_${kind}_${name}` };
}

async function readInside(folder: string, path: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const target = await realpath(join(root, path));
    if (!target.startsWith(root + sep)) return undefined;
    return (await readFile(target, 'utf8')).replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
