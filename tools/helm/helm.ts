/** Runs Helm with folders of its own, so that neither the user's repositories nor plugins play a part. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { helmBinary } from './binary.ts';
import { stateFolder } from './places.ts';

export interface HelmResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Never throws for a failing command: what Helm says is the result. */
export function runHelm(args: readonly string[], input = ''): Promise<HelmResult> {
  const home = path.join(stateFolder, 'helm', 'home');
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    HELM_CACHE_HOME: path.join(home, 'cache'),
    HELM_CONFIG_HOME: path.join(home, 'config'),
    HELM_DATA_HOME: path.join(home, 'data'),
    KUBECONFIG: path.join(home, 'no-cluster'),
  };
  return new Promise((resolve, reject) => {
    const child = execFile(helmBinary(), args, { env, maxBuffer: 16 * 2 ** 20 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}
