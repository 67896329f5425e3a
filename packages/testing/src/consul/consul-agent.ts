/** A real Consul agent as a child process: one server of its own in memory, on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../network/ports.ts';
import { watchProgram } from '../programs/programs.ts';
import { temporaryFolder } from '../programs/temporary-folder.ts';

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
  if (options.ports) return start(options, options.ports);
  for (let attemptsLeft = 3; ; attemptsLeft -= 1) {
    try {
      return await start(options, await freePorts());
    } catch (error) {
      // A port that was free a moment ago may have been taken by a server of another test.
      if (attemptsLeft === 1 || !(error as Error).message.includes('address already in use')) throw error;
    }
  }
}

async function start(options: ConsulAgentOptions, ports: ConsulAgentPorts): Promise<ConsulTestAgent> {
  const nodeName = `test-${randomUUID()}`;
  const folder = await temporaryFolder();
  const file = join(folder, 'agent.json');
  await writeFile(file, JSON.stringify(agentConfiguration(nodeName, options, ports)));
  const child = spawn(options.program, ['agent', '-dev', '-config-file', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = `http://127.0.0.1:${ports.http}`;
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(child, { url, nodeName, token: options.managementToken });
  } catch (error) {
    await kill();
    throw error;
  }
  return { ports, url, process: child, kill };
}

function agentConfiguration(
  nodeName: string,
  { managementToken, tls }: ConsulAgentOptions,
  ports: ConsulAgentPorts,
) {
  const unused = { grpc: -1, grpc_tls: -1, serf_wan: -1 };
  return {
    node_name: nodeName,
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
    // JSON leaves out what is undefined.
    tls: tls && { https: tlsConfiguration(tls) },
    acl: managementToken && aclConfiguration(managementToken),
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

interface Agent {
  url: string;
  nodeName: string;
  token: string | undefined;
}

const readyLimitMs = 30_000;

async function untilReady(child: ChildProcess, agent: Agent): Promise<void> {
  const program = watchProgram(child);
  const deadlineMs = performance.now() + readyLimitMs;
  while (!(await answers(agent))) {
    const late =
      performance.now() > deadlineMs ? `was not ready within ${readyLimitMs / 1_000} s` : undefined;
    const problem = late ?? program.ended();
    if (problem) throw new Error(`the Consul agent ${problem}: ${program.output()}`);
    await wait(50);
  }
}

/**
 * The agent itself is in its own catalogue only after it has a leader and joined it; and it is this one,
 * not another on the same port.
 */
async function answers({ url, nodeName, token }: Agent): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/health/service/consul?passing=true`, {
      headers: token ? { 'x-consul-token': token } : {},
    });
    const entries = (await response.json()) as { Node: { Node: string } }[];
    return entries.some(({ Node }) => Node.Node === nodeName);
  } catch {
    return false;
  }
}
