/** A port whose queue of connections is full: the kernel drops every further SYN, as a firewall that says nothing does. */
import { once } from 'node:events';
import net from 'node:net';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Listens, tells its port, and stands still until it is told to end: it never accepts anything. */
const listener = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(workerData, 0, 0);
    process.exit();
  });
`;
/** The kernel rounds the backlog up; far fewer than these fill it. */
const connectionsTried = 16;
const unansweredAfterMs = 300;

/** Resolves when connecting to the port hangs. */
export async function startFullBacklog(): Promise<number> {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(listener, { eval: true, workerData: gate });
  const queued: net.Socket[] = [];
  onTestFinished(async () => {
    for (const socket of queued) socket.destroy();
    const ended = once(worker, 'exit');
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await ended;
  });
  const [port] = (await once(worker, 'message')) as [number];
  while (queued.length < connectionsTried) {
    const socket = net.connect({ host: '127.0.0.1', port });
    queued.push(socket);
    socket.on('error', () => undefined);
    if (!(await connects(socket))) return port;
  }
  throw new Error(`the kernel took ${connectionsTried} connections into a queue of 1`);
}

function connects(socket: net.Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), unansweredAfterMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
