/** A real Consul agent as a child process: one server of its own in memory, on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Names the agent's program for a test run; empty where there is none. */
export const consulProgramVariable = 'GATEHOUSE_CONSUL_AGENT';

export interface ConsulAgentOptions {
  /** Path of the program. */
  program: string;
  /** Default: free ones. Those of an agent that was killed make this one its successor, without its data. */
  ports?: ConsulAgentPorts;
  /** Turns access control on with default-deny; this token, a UUID, may do everything. */
  managementToken?: string;
  /** Files in PEM; with `verifyClients` only certificates of the same authority are let in. */
  tls?: { caFile: string; certFile: string; keyFile: string; verifyClients: boolean };
}

export interface ConsulAgentPorts {
  http: number;
  https: number;
  dns: number;
  server: number;
  gossip: number;
}

export interface ConsulTestAgent {
  readonly ports: ConsulAgentPorts;
  /** Plain HTTP on loopback. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends the process without a chance to say goodbye; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Resolves when the agent has a leader, answers, and knows its management token. */
export async function startConsulAgent(options: ConsulAgentOptions): Promise<ConsulTestAgent> {
  const ports = options.ports ?? (await freePorts());
  const folder = await temporaryFolder();
  const file = join(folder, 'agent.json');
  await writeFile(file, JSON.stringify(agentConfiguration(options, ports)));
  const child = spawn(options.program, ['agent', '-dev', '-config-file', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = `http://127.0.0.1:${ports.http}`;
  await untilReady(child, url, options.managementToken);
  return {
    ports,
    url,
    process: child,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function agentConfiguration({ managementToken, tls }: ConsulAgentOptions, ports: ConsulAgentPorts) {
  const unused = { grpc: -1, grpc_tls: -1, serf_wan: -1 };
  return {
    node_name: 'test',
    bind_addr: '127.0.0.1',
    client_addr: '127.0.0.1',
    log_level: 'warn',
    disable_update_check: true,
    ports: {
      ...unused,
      http: ports.http,
      https: tls ? ports.https : -1,
      dns: ports.dns,
      server: ports.server,
      serf_lan: ports.gossip,
    },
    ...(tls ? { tls: { https: tlsConfiguration(tls) } } : {}),
    ...(managementToken ? { acl: aclConfiguration(managementToken) } : {}),
  };
}

function tlsConfiguration(tls: NonNullable<ConsulAgentOptions['tls']>) {
  const { caFile, certFile, keyFile, verifyClients } = tls;
  return { ca_file: caFile, cert_file: certFile, key_file: keyFile, verify_incoming: verifyClients };
}

function aclConfiguration(token: string) {
  return { enabled: true, default_policy: 'deny', tokens: { initial_management: token, agent: token } };
}

async function freePorts(): Promise<ConsulAgentPorts> {
  const [http, https, dns, server, gossip] = await Promise.all(Array.from({ length: 5 }, freePort));
  return { http, https, dns, server, gossip } as ConsulAgentPorts;
}

async function untilReady(child: ChildProcess, url: string, token: string | undefined): Promise<void> {
  let output = '';
  let ended = '';
  const read = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? code}`;
  });
  while (!(await answers(url, token))) {
    if (ended) throw new Error(`the Consul agent ${ended}: ${output}`);
    await wait(50);
  }
}

/** The agent itself is in its own catalogue only after it has a leader and joined it. */
async function answers(url: string, token: string | undefined): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/health/service/consul?passing=true`, {
      headers: token ? { 'x-consul-token': token } : {},
    });
    return response.ok && ((await response.json()) as unknown[]).length > 0;
  } catch {
    return false;
  }
}
