/** Resolves references to secrets in an import: only variables and files that are meant for imports. */
import { readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { SecretField } from './document.ts';

export type ResolveSecret = ReturnType<typeof createResolveSecret>;

const variable = /^env:(GATEHOUSE_IMPORT_[A-Z0-9_]+)$/;
const file = /^file:([A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$/;

/** The caller chooses the names: access to other variables and files would give it the secrets of this process. */
export function createResolveSecret({
  env,
  folder,
}: {
  env: Readonly<Record<string, string | undefined>>;
  folder: string | undefined;
}) {
  /** Undefined: nothing is stored under the reference. @throws AppError 400 for a reference that is not permitted */
  return async (secret: SecretField, field: string): Promise<string | undefined> => {
    if (typeof secret === 'string') return secret;
    const { ref } = secret;
    const name = variable.exec(ref)?.[1];
    if (name !== undefined) return env[name] || undefined;
    const path = file.exec(ref)?.[1];
    if (path !== undefined && folder !== undefined) return readInside(folder, path);
    const advice =
      path !== undefined
        ? 'this installation has no folder for them (GATEHOUSE_IMPORT_SECRETS_FOLDER)'
        : 'write env:GATEHOUSE_IMPORT_… or file:name';
    throw badRequest(`The reference ${JSON.stringify(ref)} is not permitted: ${advice}`, { field });
  };
}

/** The reference that an export contains in place of a secret. */
export function referenceFor(
  kind: 'PASSWORD' | 'BIND_PASSWORD' | 'CLIENT_SECRET' | 'TLS_KEY',
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
