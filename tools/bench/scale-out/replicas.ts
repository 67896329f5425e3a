/** Runs further replicas of the Auth API that a stack has, behind one address that takes them in turn. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pin, serverCore } from '../machine.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `pid`: the replica that runs already, whose settings the others get; `url`: its address. */
export async function createReplicas(pid: number, url: string) {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  const [program = '', ...args] = read('cmdline');
  const env = Object.fromEntries(read('environ').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const ports = [Number(new URL(url).port)];
  const children: ChildProcess[] = [];
  let turn = 0;
  const relay = createServer((incoming) => {
    turn += 1;
    const outgoing = connect(ports[turn % ports.length] ?? 0, '127.0.0.1');
    incoming.on('error', () => outgoing.destroy()).on('close', () => outgoing.destroy());
    outgoing.on('error', () => incoming.destroy()).on('close', () => incoming.destroy());
    incoming.setNoDelay(true).pipe(outgoing.setNoDelay(true)).pipe(incoming);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');

  async function startOne(): Promise<void> {
    const [port = 0, managementPort = 0, internalPort = 0] = await Promise.all([1, 2, 3].map(freePort));
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'ignore',
      env: {
        ...env,
        GATEHOUSE_HTTP_PORT: String(port),
        GATEHOUSE_MANAGEMENT_PORT: String(managementPort),
        GATEHOUSE_INTERNAL_PORT: String(internalPort),
      },
    });
    children.push(child);
    const isReady = () =>
      fetch(`http://127.0.0.1:${managementPort}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady())) {
      if (child.exitCode !== null) throw new Error(`a replica ended with ${child.exitCode}`);
      await wait(100);
    }
    pin(child.pid ?? 0, serverCore);
    ports.push(port);
  }

  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    get pids() {
      return [pid, ...children.map((child) => child.pid ?? 0)];
    },
    async scaleTo(count: number): Promise<void> {
      while (ports.length < count) await startOne();
    },
    async stop(): Promise<void> {
      relay.close();
      await Promise.all(
        children.map(async (child) => {
          const exited = once(child, 'exit');
          child.kill('SIGTERM');
          await exited;
        }),
      );
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
