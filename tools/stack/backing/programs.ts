/** Lists the servers that the stack starts itself: those whose address was not given. */
import type { StackOptions } from '../options.ts';
import type { Ports } from '../ports.ts';
import type { SupervisedProgram } from '../processes/supervised.ts';
import type { StatePaths } from '../state/paths.ts';
import type { Secrets } from '../state/secrets.ts';
import { configServerProgram } from './config-server.ts';
import { postgresProgram } from './postgres.ts';
import { redisProgram } from './redis.ts';

interface BackingChoice {
  options: StackOptions;
  ports: Ports;
  secrets: Secrets;
  paths: StatePaths;
}

/** `titles`: what they are called on the screen. */
export function backingPrograms({ options, ports, secrets, paths }: BackingChoice) {
  const programs: SupervisedProgram[] = [];
  const titles: string[] = [];
  if (!options.redisUrl) {
    programs.push(redisProgram(ports.redis, secrets, paths));
    titles.push(`Redis on ${ports.redis}`);
  }
  if (!options.postgresUrl) {
    programs.push(postgresProgram(ports.postgres, secrets, paths));
    titles.push(`PostgreSQL on ${ports.postgres}`);
  }
  if (options.directory === 'configServer') {
    programs.push(configServerProgram(ports.configServer, paths));
    titles.push(`Configuration Server simulator on ${ports.configServer}`);
  }
  return { programs, titles };
}
