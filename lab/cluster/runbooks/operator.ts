/** Gives the operator of one incident an application, the printed commands, metrics and log lines. */
import path from 'node:path';
import { attempt, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { selectorOf, services, settled } from '../disturbances/pods.ts';
import { addressesOf, operatorOf } from '../load/addresses.ts';
import { repository } from '../places.ts';
import { mustBe, type Step } from '../step.ts';
import { sql } from '../stores/databases.ts';
import { workplace } from '../workplace.ts';
import { type Application, registerApplication } from './callers.ts';
import { type Labels, seriesOf } from './metrics.ts';
import { printedCommand, titles } from './page.ts';

export type Operator = ReturnType<typeof createOperator>;

/** Nearly every incident is of this one, or seen there. */
export const service = 'auth-api';

interface Typed {
  /** For the names in angle brackets. */
  fill?: Record<string, string>;
  /** Arguments that the page leaves to the operator, such as the answer to a question. */
  more?: readonly string[];
  input?: string;
  /** Exit code: 1 where the answer is that something is wrong. */
  exits?: number;
}

/** A step whose figure in the table is the text that the act returns. */
export function runbook(title: string, act: (operator: Operator) => Promise<string>): Step {
  return {
    name: `runbook: ${title}`,
    async run(cluster) {
      // An incident that went wrong may have left its traces to the next one.
      await settled(cluster, ...services);
      const application = await registerApplication(cluster, `runbook-${titles.indexOf(title)}`);
      const incident = act(createOperator(cluster, title, application));
      const said = await incident.finally(application.remove);
      await settled(cluster, ...services);
      return said;
    },
  };
}

function createOperator(cluster: Cluster, title: string, application: Application) {
  // Kubernetes counts whole seconds.
  const since = new Date(Date.now() - 1_000).toISOString();

  /** A printed command that begins with `gatehouse`. Returns all that it says. */
  async function gatehouse(command: string, { fill, more = [], input, exits = 0 }: Typed = {}) {
    const [, ...args] = printedCommand(title, command, fill).split(' ');
    const { exitCode, stdout, stderr } = await runCommandLine(cluster, [...args, ...more], input);
    mustBe(exitCode === exits, `\`${command}\` ended with ${exitCode}:\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  return {
    cluster,
    /** Its own: nothing of it is left after the incident. */
    application,
    gatehouse,

    /** Types a printed command again and again until it says the text. Returns all that it says then. */
    says: (command: string, text: string | RegExp, typed: Typed = {}): Promise<string> =>
      until(`\`${command}\` says ${text}`, async () => {
        const said = await gatehouse(command, typed);
        return said.search(text) >= 0 ? said : undefined;
      }),

    /** A printed statement; the administrator of the database runs it. */
    query: (statement: string, fill?: Record<string, string>): Promise<string> =>
      sql(cluster, printedCommand(title, statement, fill)),

    /** A line that Auth API has logged since the incident began. */
    logged: (text: string): Promise<string> =>
      until(`${service} logs "${text}"`, async () => {
        const options = ['--tail=-1', `--since-time=${since}`, '--namespace', cluster.namespace];
        const { stdout } = await cluster.tryKubectl(['logs', '--selector', selectorOf(service), ...options]);
        return stdout.split('\n').find((line) => line.includes(text));
      }),

    /** Of all pods of Auth API together. */
    sum: async (name: string, labels?: Labels): Promise<number> =>
      (await seriesOf(cluster, service, name, labels)).reduce((sum, value) => sum + value, 0),
    /** Of the pod of Auth API that has most. */
    highest: async (name: string, labels?: Labels): Promise<number> =>
      Math.max(0, ...(await seriesOf(cluster, service, name, labels))),
  };
}

/** Through tunnels to the two APIs, as docs/start/first-login.md makes them. */
export async function runCommandLine(cluster: Cluster, args: readonly string[], input = '') {
  const { authApi, ca } = await addressesOf(cluster);
  const { protocol, port } = new URL(authApi);
  const servicePort = Number(port || (protocol === 'https:' ? 443 : 80));
  const { username, password } = await operatorOf(cluster);
  const tunnels = [
    await cluster.forward('service/auth-api', servicePort),
    await cluster.forward('service/environment-api', servicePort),
  ] as const;
  try {
    const [auth, environment] = tunnels.map((tunnel) => `${protocol}//127.0.0.1:${tunnel.port}`);
    const program = path.join(repository, 'packages/cli/src/main.ts');
    return await attempt(process.execPath, ['--conditions=source', program, ...args], {
      input,
      env: {
        ...process.env,
        GATEHOUSE_URL: auth,
        GATEHOUSE_ENVIRONMENT_URL: environment,
        GATEHOUSE_USERNAME: username,
        GATEHOUSE_PASSWORD: password,
        ...(ca !== undefined && { GATEHOUSE_CA_FILE: path.join(workplace, 'pods-ca.crt') }),
      },
    });
  } finally {
    for (const tunnel of tunnels) tunnel.close();
  }
}
