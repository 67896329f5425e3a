/** Calls that flow without a pause through one client, and what became of each. */
import type { ConfigServerClient } from '@gatehouse/config-server-client/client';

export interface Load {
  readonly settled: number;
  readonly failures: string[];
  /** Resolves when so many more calls have settled. */
  flows(calls: number): Promise<void>;
  /** Lets the calls in flight end. */
  stop(): Promise<void>;
}

export function startLoad(
  client: ConfigServerClient,
  credentials: { userName: string; password: string },
): Load {
  const callers = 8;
  let isRunning = true;
  let waiting: { at: number; resolve: () => void }[] = [];
  const load = {
    settled: 0,
    failures: [] as string[],
    flows: (calls: number) =>
      new Promise<void>((resolve) => waiting.push({ at: load.settled + calls, resolve })),
    async stop() {
      isRunning = false;
      await Promise.all(running);
    },
  };
  const settle = () => {
    load.settled += 1;
    for (const { at, resolve } of waiting) if (load.settled >= at) resolve();
    waiting = waiting.filter(({ at }) => load.settled < at);
  };
  const calls = [
    () => client.authenticate(credentials),
    () => client.readPersons({ user_name: credentials.userName }),
  ];
  const running = Array.from({ length: callers }, async (_, number) => {
    while (isRunning) {
      await calls[number % calls.length]?.().catch(({ code, message }) =>
        load.failures.push(`${code}: ${message}`),
      );
      settle();
    }
  });
  return load;
}
