/** One fault after the other, each for a moment, for as long as the soak lasts. */
import type { Simulator } from '../../src/simulator.ts';
import type { ChaosProxy, ChaosRules } from '../chaos-proxy.ts';

export interface Disturber {
  readonly count: number;
  /** Takes every rule away; resolves when the last disturbance is over. */
  stop(): Promise<void>;
}

export function disturb(server: Simulator, proxies: readonly ChaosProxy[]): Disturber {
  const rule = (rules: ChaosRules) => () => {
    for (const proxy of proxies) Object.assign(proxy.rules, rules);
  };
  const disturbances = [
    () => server.dropConnections(),
    () => {
      for (const proxy of proxies) proxy.reset();
    },
    rule({ swallowToClient: true }),
    rule({ swallowToServer: true }),
    rule({ sliceBytes: 3, latencyMs: 5 }),
    () => {
      for (const proxy of proxies) proxy.injectToClients(Buffer.from('garbage'));
    },
    rule({ resetAfterBytes: 2_000 }),
    // Nobody gets in for a while, and then cannot be told what was missed.
    () => {
      server.faults.onConnection = () => 'close';
      server.dropConnections();
    },
  ];
  const calm = () => {
    for (const proxy of proxies) {
      // What TCP lost once it does not carry on behind: such a connection is dead, whoever has noticed.
      if (proxy.rules.swallowToClient === true || proxy.rules.swallowToServer === true) proxy.reset();
      proxy.rules = {};
    }
    if (server.faults.onConnection === undefined) return;
    server.expireHistory();
    delete server.faults.onConnection;
  };
  let isStopped = false;
  let count = 0;
  const running = (async () => {
    while (!isStopped) {
      await pauseMs(300);
      disturbances[count % disturbances.length]?.();
      count += 1;
      await pauseMs(150);
      calm();
    }
  })();
  return {
    get count() {
      return count;
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

function pauseMs(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
