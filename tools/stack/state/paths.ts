/** Names the files of the stack: all of them are in one folder. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface StatePaths {
  /** Holds stack.json, for scripts. */
  readonly folder: string;
  readonly stackFile: string;
  /** Everything that `--reset` removes. */
  readonly data: string;
  readonly lock: string;
  readonly processes: string;
  readonly secrets: string;
  readonly postgresData: string;
  readonly redisData: string;
  readonly configServerFile: string;
  /** The demo people's apps for one-time codes. */
  readonly demoApps: string;
  readonly certificates: string;
  readonly createDatabaseSql: string;
  readonly logs: string;
}

export function statePaths(stateFolder: string): StatePaths {
  const folder = resolve(stateFolder);
  const data = join(folder, 'stack');
  return {
    folder,
    stackFile: join(folder, 'stack.json'),
    data,
    lock: join(folder, 'stack.lock'),
    processes: join(folder, 'stack.processes.json'),
    secrets: join(data, 'secrets.json'),
    postgresData: join(data, 'postgres'),
    redisData: join(data, 'redis'),
    configServerFile: join(data, 'config-server.json'),
    demoApps: join(data, 'demo-apps.json'),
    certificates: join(data, 'tls'),
    createDatabaseSql: join(data, 'create-database.sql'),
    logs: join(data, 'logs'),
  };
}

export function createFolders(paths: StatePaths): void {
  for (const folder of [paths.folder, paths.data, paths.redisData, paths.logs])
    mkdirSync(folder, { recursive: true });
  // Also closes the files of a release that left them readable.
  chmodSync(paths.redisData, 0o700);
}
