/** Gives the steps their tools: kubectl, helm, the shell of an operator, and addresses in the cluster. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { freePort } from '@gatehouse/testing/network';
import { packagedProgram } from '../../tools/charts/helm.ts';
import { makeNodeImages } from '../../tools/images/base.ts';
import { podmanEnvironment } from '../../tools/images/podman.ts';
import { attempt, type Execution, interruption, run, until } from '../../tools/programs/execute.ts';
import { writeDocker } from './images/podman.ts';
import { inNetwork } from './node/network.ts';
import { createShell } from './page/shell.ts';
import { kubeconfigFile, runFolder } from './places.ts';
import { workplace } from './workplace.ts';

export type Cluster = ReturnType<typeof createCluster>;

export interface Forward {
  port: number;
  close(): void;
}

export function createCluster() {
  const kubectlProgram = packagedProgram('kubectl');
  const helmProgram = packagedProgram('helm');
  const shims = path.join(runFolder, 'shims');
  const programFolders = [shims, path.dirname(helmProgram), path.dirname(kubectlProgram)];
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...podmanEnvironment(),
    KUBECONFIG: kubeconfigFile,
    HELM_CACHE_HOME: path.join(runFolder, 'helm/cache'),
    HELM_CONFIG_HOME: path.join(runFolder, 'helm/config'),
    HELM_DATA_HOME: path.join(runFolder, 'helm/data'),
    PATH: [...programFolders, process.env['PATH']].join(path.delimiter),
  };
  const inShell = { env: environment, cwd: workplace };
  const forwards = new Set<Forward>();
  const shell = createShell(workplace, environment);
  const namespace = 'gatehouse';
  const kubectl = (args: readonly string[], input?: string) =>
    run(kubectlProgram, args, { env: environment, ...(input !== undefined && { input }) });

  return {
    /** Where the three charts are installed. */
    namespace,
    workplace,
    environment,
    kubectlProgram,
    prepareShell: async () => writeDocker(shims, await makeNodeImages()),

    /** Standard output. Throws with what kubectl says. */
    kubectl,
    tryKubectl: (args: readonly string[], input = ''): Promise<Execution> =>
      attempt(kubectlProgram, args, { env: environment, input }),
    /** The objects of one answer. */
    async get<T>(...args: string[]): Promise<T> {
      return JSON.parse(await kubectl(['get', ...args, '--output', 'json'])) as T;
    },
    apply: (objects: string) => kubectl(['apply', '--filename', '-'], objects),
    /** Runs helm in the operator's folder, beside the charts. Its output is the result, also when it fails. */
    helm: (args: readonly string[]): Promise<Execution> => attempt(helmProgram, args, inShell),
    /** The shell that runs the documentation. */
    shell,

    /** A program of this machine in the network of the node: it reaches pods and Services by their addresses. */
    spawnInside(program: string, args: readonly string[]): ChildProcess {
      return spawn(...inNetwork(program, ...args), {
        env: environment,
        signal: interruption.signal,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    },

    /** `target`: service/NAME or pod/NAME. Ends with the run at the latest. */
    async forward(target: string, port: number, inNamespace = namespace): Promise<Forward> {
      const local = await freePort();
      const args = ['--namespace', inNamespace, 'port-forward', target, `${local}:${port}`];
      const child = spawn(kubectlProgram, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text: Buffer) => {
          said += text;
        });
      const forward: Forward = {
        port: local,
        close() {
          child.kill();
          forwards.delete(forward);
        },
      };
      forwards.add(forward);
      await until(`kubectl forwards to ${target}`, async () => {
        if (child.exitCode !== null) throw new Error(said);
        return said.includes('Forwarding from') || undefined;
      });
      return forward;
    },

    /** Ends the programs that this process started beside the node. */
    close() {
      shell.close();
      for (const forward of forwards) forward.close();
    },
  };
}
