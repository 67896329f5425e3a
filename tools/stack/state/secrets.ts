/** Makes the installation's secrets once and keeps them in a file that only the owner may read. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { PlainError } from '../../bootstrap/progress.mjs';
import type { StatePaths } from './paths.ts';
import { writePrivateFile } from './private-file.ts';

const secretsSchema = z.object({
  /** `id:base64`, 32 bytes: seals what is stored in PostgreSQL. */
  encryptionKeys: z.string(),
  serviceClientSecret: z.string(),
  postgresPassword: z.string(),
  authRolePassword: z.string(),
  environmentRolePassword: z.string(),
  redisPassword: z.string(),
});

export type Secrets = z.infer<typeof secretsSchema>;

export function loadSecrets(paths: StatePaths): Secrets {
  if (existsSync(paths.secrets)) return readSecrets(paths.secrets);
  if (existsSync(paths.postgresData))
    throw new PlainError(
      `${paths.secrets} is gone, and with it the key and passwords of the data beside it. ` +
        'Put it back, or start fresh with: npm start -- --reset',
    );
  const token = () => randomBytes(32).toString('base64url');
  const secrets: Secrets = {
    encryptionKeys: `local:${randomBytes(32).toString('base64')}`,
    serviceClientSecret: token(),
    postgresPassword: token(),
    authRolePassword: token(),
    environmentRolePassword: token(),
    redisPassword: token(),
  };
  writePrivateFile(paths.secrets, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function readSecrets(file: string): Secrets {
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new PlainError(`${file} cannot be read. Start fresh with: npm start -- --reset`);
  }
}
