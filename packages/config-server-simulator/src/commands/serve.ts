/** `serve`: runs one simulator until it is told to stop. */
import { silentLogger } from '@gatehouse/config-server-client/log';
import { loadSeed } from '../seed/load.ts';
import { startSimulator } from '../simulator.ts';
import { terminalLog } from '../terminal-log.ts';

export interface ServeOptions {
  host: string;
  port: number;
  /** `demo` or a path. */
  seed: string;
  file?: string | undefined;
  quiet: boolean;
  verbose: boolean;
}

/** Resolves with the exit code after SIGTERM or SIGINT. Errors: a sentence for a bad seed or a port that is taken. */
export async function serve(options: ServeOptions): Promise<number> {
  const { host, port, file, quiet, verbose } = options;
  const write = (line: string) => process.stdout.write(line);
  const log = quiet ? silentLogger : terminalLog(write, { isVerbose: verbose, now: Date.now });
  const stopped = untilStopped();
  const simulator = await startSimulator({
    host,
    port,
    seed: await loadSeed(options.seed),
    log,
    ...(file === undefined ? {} : { file }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      throw new Error(`port ${port} on ${host} is taken; choose another with --port`);
    throw error;
  });
  write(`config-server-simulator listening on ${simulator.host}:${simulator.port}\n`);
  await stopped;
  await simulator.close();
  return 0;
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
