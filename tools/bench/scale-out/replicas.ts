/** Runs further replicas of the Auth API that a stack has, behind one address that takes them in turn. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { startAnother } from '../another.ts';
import { end } from '../bench-stack.ts';
import { pin, serverCore } from '../machine.ts';

/** `pid`: the replica that runs already, whose settings the others get; `url`: its address. */
export async function createReplicas(pid: number, url: string) {
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
    const { child, port, managementUrl } = await startAnother(pid);
    children.push(child);
    const isReady = () =>
      fetch(`${managementUrl}/readyz`).then(
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
      await Promise.all(children.map(end));
    },
  };
}
