/** Runs further replicas of a service that a stack has, on their own or behind one address that takes them in turn. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { startAnother } from '../another.ts';
import { end } from '../bench-stack.ts';
import { pin, serverCore } from '../machine.ts';

const pollMs = 20;

export type Replica = Awaited<ReturnType<typeof startReplica>>;

/** `pid`: a replica that runs already, whose settings this one gets, except `settings`. Resolves when it is ready. */
export async function startReplica(pid: number, settings: NodeJS.ProcessEnv = {}) {
  const startedMs = performance.now();
  const { child, port, managementUrl, internalUrl } = await startAnother(pid, settings);
  pin(child.pid ?? 0, serverCore);
  const isReady = () =>
    fetch(`${managementUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw new Error(`a replica ended with ${ended}`);
    await wait(pollMs);
  }
  return {
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    managementUrl,
    internalUrl,
    secondsToReady: (performance.now() - startedMs) / 1_000,
    stop: () => end(child),
  };
}

/** `pid`: the replica that runs already, whose settings the others get; `url`: its address. */
export async function createReplicas(pid: number, url: string) {
  const ports = [Number(new URL(url).port)];
  const replicas: Replica[] = [];
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

  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    get pids() {
      return [pid, ...replicas.map((replica) => replica.pid)];
    },
    async scaleTo(count: number): Promise<void> {
      while (ports.length < count) {
        const replica = await startReplica(pid);
        replicas.push(replica);
        ports.push(replica.port);
      }
    },
    async stop(): Promise<void> {
      relay.close();
      await Promise.all(replicas.map((replica) => replica.stop()));
    },
  };
}
