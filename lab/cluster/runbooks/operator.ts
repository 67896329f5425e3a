/** Gives the operator of one incident the printed commands, metrics and log lines. */
import path from 'node:path';
import { attempt, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { selectorOf, services, settled } from '../disturbances/pods.ts';
import { addressesOf, operatorOf } from '../load/addresses.ts';
import { repository } from '../places.ts';
import { mustBe, type Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { printedCommand } from './page.ts';

export type Operator = ReturnType<typeof createOperator>;

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
      const said = await act(createOperator(cluster, title));
      await settled(cluster, ...services);
      return said;
    },
  };
}

function createOperator(cluster: Cluster, title: string) {
  // Kubernetes counts whole seconds.
  const since = new Date(Date.now() - 1_000).toISOString();

  return {
    cluster,

    /** A printed command that begins with `gatehouse`. Returns all that it says. */
    async gatehouse(command: string, { fill, more = [], input, exits = 0 }: Typed = {}): Promise<string> {
      const [, ...args] = printedCommand(title, command, fill).split(' ');
      const { exitCode, stdout, stderr } = await runCommandLine(cluster, [...args, ...more], input);
      mustBe(exitCode === exits, `\`${command}\` ended with ${exitCode}:\n${stdout}${stderr}`);
      return stdout + stderr;
    },

    /** A printed statement; the administrator of the database runs it. */
    query: (statement: string, fill?: Record<string, string>): Promise<string> =>
      sql(cluster, printedCommand(title, statement, fill)),

    /** A line of the log since the incident began. */
    async logged(service: string, text: string): Promise<string> {
      const options = ['--tail=-1', `--since-time=${since}`, '--namespace', cluster.namespace];
      return await until(`${service} logs "${text}"`, async () => {
        const { stdout } = await cluster.tryKubectl(['logs', '--selector', selectorOf(service), ...options]);
        return stdout.split('\n').find((line) => line.includes(text));
      });
    },
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

/** Without headings: one line for each row. */
export function sql({ kubectl }: Cluster, statements: string): Promise<string> {
  const psql = ['psql', '--username=postgres', '--dbname=gatehouse', '--set=ON_ERROR_STOP=1', '-qAt'];
  return kubectl(['exec', '--namespace=databases', '--stdin', 'service/postgres', '--', ...psql], statements);
}
