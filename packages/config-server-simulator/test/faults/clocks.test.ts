import { type Clock, systemClock } from '@gatehouse/config-server-client/surroundings';
import { headerBytes } from '@gatehouse/config-server-client/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { agent, connectTo, quickStandby, startServer, until, watchSuite } from '../harness.ts';
import { runServer } from '../program/run-program.ts';

watchSuite();

const quickAddp = { localTimeoutSeconds: 0.2, remoteTimeoutSeconds: 0.2, traceMode: 'off' as const };
const dayMs = 86_400_000;

/** Time that runs so many times faster: the real limits, in less of ours. */
function fastClock(times: number): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now() * times,
    setTimer: (delayMs, callback) => systemClock.setTimer(delayMs / times, callback),
  };
}

describe('a process that stood still', () => {
  it('takes no server for dead', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy], { addp: quickAddp });
    await client.authenticate(agent);
    for (let round = 0; round < 3; round += 1) {
      const blockedUntilMs = Date.now() + 650;
      while (Date.now() < blockedUntilMs);
      await expect(client.authenticate(agent)).resolves.toBeDefined();
    }
    expect(proxy.accepted).toBe(1);
  });

  it('blames no server for answers that lay unread', async () => {
    const server = await runServer('--quiet');
    const opened: string[] = [];
    const client = connectTo([server], {
      metrics: { connectionOpened: (endpoint) => opened.push(endpoint) },
    });
    await client.readTenants({});
    for (let round = 0; round < 2; round += 1) {
      const answers = Array.from({ length: 8 }, () => client.readTenants({}, { deadlineMs: 300 }));
      // Written at the end of this turn.
      await new Promise((resolve) => setImmediate(resolve));
      // Long enough for a server on a busy machine to answer.
      const blockedUntilMs = performance.now() + 1_500;
      while (performance.now() < blockedUntilMs);
      expect(await Promise.all(answers)).toHaveLength(8);
    }
    expect(opened).toHaveLength(1);
  });
});

describe('a wall clock that jumps by a day', () => {
  it('moves no deadline, no poll and no pause', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy], { addp: quickAddp });
    await client.authenticate(agent);
    const realNowMs = Date.now;
    let jumpMs = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => realNowMs() + jumpMs);
    onTestFinished(() => void vi.restoreAllMocks());
    for (jumpMs of [dayMs, -dayMs, 0]) {
      const gate = Promise.withResolvers<void>();
      let isAsked = false;
      server.faults.beforeRequest = () => {
        isAsked = true;
        return gate.promise;
      };
      const login = client.authenticate(agent, { deadlineMs: 5_000 });
      await until(() => isAsked, 'the login is in flight');
      jumpMs = -jumpMs;
      // Two timeouts of the keep-alive, on both sides.
      await systemPause(450);
      delete server.faults.beforeRequest;
      gate.resolve();
      await expect(login).resolves.toBeDefined();
    }
    expect(proxy.accepted).toBe(1);
    jumpMs = -dayMs;
    proxy.reset();
    await until(() => client.state !== 'open', 'the loss is noticed');
    jumpMs = dayMs;
    await until(() => client.state === 'open', 'the client is back as soon as on any other day', 2_000);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });
});

describe('a frame that does not end', () => {
  it('ends the connection after the frame time, although its bytes trickle and keep the link alive', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const clock = fastClock(60);
    // The limits are those of the protocol: 20 s for a silent server, 30 s for a frame, in half a second of ours.
    const patience = { deadlineMs: 600_000 };
    const standby = { ...quickStandby, openTimeoutMs: 600_000, failFastAfterMs: 600_000 };
    const client = connectTo([proxy], { clock, standby });
    await client.authenticate(agent, patience);
    let trickled = 0;
    let startedMs = 0;
    proxy.rules = {
      toClient: (chunk) => {
        const [header, body] = [chunk.subarray(0, headerBytes), chunk.subarray(headerBytes)];
        startedMs = clock.monotonicMs();
        const timer = setInterval(() => {
          // The last byte never comes, and no byte of it belongs to the next connection.
          if (trickled === body.length - 1 || proxy.accepted > 1) return clearInterval(timer);
          proxy.injectToClients(body.subarray(trickled, trickled + 1));
          trickled += 1;
        }, 20);
        onTestFinished(() => clearInterval(timer));
        proxy.rules = {};
        return header;
      },
    };
    const failure = await client.authenticate(agent, patience).catch((error) => error);
    expect(failure).toMatchObject({ code: 'OutcomeUnknown' });
    expect(failure.cause.message).toBe('a message did not end within 30000 ms');
    expect(clock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(29_000);
    expect(trickled).toBeGreaterThan(5);
    await expect(client.authenticate(agent, patience)).resolves.toBeDefined();
    expect(proxy.accepted).toBe(2);
  });
});

function systemPause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
