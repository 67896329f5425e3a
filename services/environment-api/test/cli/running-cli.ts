/** The command line against a whole Environment API that listens. */
import { type CommandSurroundings, runCommand } from '@gatehouse/cli/run-command';
import { ops, type StartOptions, startApi } from '../running-api.ts';

export async function startCli(options: StartOptions = {}) {
  const api = await startApi(options);
  const GATEHOUSE_URL = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const env = { GATEHOUSE_URL, GATEHOUSE_USERNAME: ops.username, GATEHOUSE_PASSWORD: ops.password };
  const run = (args: readonly string[], surroundings: CommandSurroundings = {}) =>
    runCommand(args, { ...surroundings, env: { ...env, ...surroundings.env } });
  return {
    api,
    env,
    run,
    /** The data that a command prints with --json. */
    async json(...args: string[]) {
      const { exitCode, out, error } = await run([...args, '--json']);
      if (exitCode !== 0) throw new Error(`${exitCode}: ${error}`);
      return JSON.parse(out);
    },
  };
}
