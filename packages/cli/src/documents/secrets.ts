/** Resolves references to secrets: a file of the configuration, a variable that is meant for it, or a mounted Secret of Kubernetes. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { secretVariable } from '@gatehouse/contracts/documents';
import { z } from 'zod';
import { isInside, realPathOf, type SourceFile } from './sources.ts';

export interface SecretPlaces {
  env: Readonly<Record<string, string | undefined>>;
  /** Holds `SECRET/KEY` for each mounted Secret of Kubernetes. */
  secretsFolder: string | undefined;
}

const kubernetesName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const kubernetesKey = /^(?!\.\.)[A-Za-z0-9._-]{1,253}$/;
const maxSecretBytes = 64 * 1024;

const referenceSchema = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string() }),
  z.strictObject({ kubernetes: z.strictObject({ secret: z.string(), key: z.string() }) }),
]);

type Resolved = { value: string } | { problem: string };

/** Says nothing of what a file or a variable holds. `source`: the file with the reference, whose folder counts for `file`. */
export function resolveSecret(reference: unknown, source: SourceFile, places: SecretPlaces): Resolved {
  const read = referenceSchema.safeParse(reference);
  if (!read.success)
    return { problem: 'must be {file: …}, {env: GATEHOUSE_SECRET_…} or {kubernetes: {secret: …, key: …}}' };
  if ('env' in read.data) return fromVariable(read.data.env, places);
  if ('kubernetes' in read.data) return fromKubernetes(read.data.kubernetes, places);
  if (source.realPath === undefined || source.root === undefined)
    return { problem: 'standard input has no folder: use env or kubernetes' };
  return fromFile(read.data.file, join(dirname(source.realPath), read.data.file), source.root);
}

function fromVariable(name: string, { env }: SecretPlaces): Resolved {
  if (!secretVariable.test(name))
    return { problem: `${name} is not permitted: the name must begin with GATEHOUSE_SECRET_` };
  const value = env[name];
  return value ? { value } : { problem: `the variable ${name} is not set` };
}

function fromKubernetes(
  { secret, key }: { secret: string; key: string },
  { secretsFolder }: SecretPlaces,
): Resolved {
  if (!kubernetesName.test(secret) || !kubernetesKey.test(key))
    return { problem: 'must be the name of a Secret, and a key in it' };
  if (secretsFolder === undefined)
    return {
      problem:
        'Secrets of Kubernetes are read where they are mounted: --secrets-folder or GATEHOUSE_SECRETS_FOLDER names the folder',
    };
  const root = realPathOf(join(secretsFolder, secret));
  if (root === undefined)
    return {
      problem: `the Secret ${secret} is not mounted: name it in configuration.secretRefs of the chart`,
    };
  return fromFile(`the key ${key} of the Secret ${secret}`, join(root, key), root);
}

/** Links count by what they lead to: a volume of Kubernetes has them. */
function fromFile(named: string, path: string, root: string): Resolved {
  const real = realPathOf(path);
  if (real === undefined) return { problem: `${named} is not there` };
  if (!isInside(root, real)) return { problem: `${named} is outside of the folder that is applied` };
  const stat = statSync(real);
  if (!stat.isFile()) return { problem: `${named} is no file` };
  if (stat.size > maxSecretBytes) return { problem: `${named} is longer than ${maxSecretBytes} bytes` };
  // Editors put a line break at the end.
  const value = readFileSync(real, 'utf8').replace(/\r?\n$/, '');
  return value === '' ? { problem: `${named} is empty` } : { value };
}
