/** Measures an emptied Redis, and a fail-over that loses the last second, under steady load; prints the figures. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { type FailOver, startFailOver } from '../stack/fail-over.ts';
import { createClient, passwordTokens, postForm, type TestClient, token } from '../stack/oauth.ts';

interface Figures {
  /** Answers by status. */
  answers: Record<string, Record<number, number>>;
  acknowledged: number;
  revokedAccepted: number;
  /** From the loss to the last answer that was not 200. */
  recoveryMs: number;
}

const workers = 8;
/** Between the rounds of a worker: the load is steady, whatever the machine could take. */
const pauseMs = 50;
/** Of all workers. */
const roundsPerSecond = (workers * 1000) / pauseMs;
const beforeMs = 1500;
const afterMs = 4000;

let redis: FailOver;
let replicas: AuthApi[];
afterEach(async () => {
  await Promise.all(replicas.slice(1).map((one) => one.close()));
  await replicas[0]?.close();
  await redis.close();
});

async function start(): Promise<void> {
  redis = await startFailOver();
  const env = { GATEHOUSE_REDIS_URL: redis.url };
  const first = await startAuthApi({ env });
  replicas = [first, await startAuthApi({ beside: first, env })];
}

/** Tokens are issued, judged and revoked at both replicas, and those that were acknowledged as revoked are tried again. */
async function underLoad(prepare: () => Promise<void>, lose: () => Promise<unknown>): Promise<Figures> {
  const [first] = replicas as [AuthApi];
  const client = await createClient(first, { accessTokenFormat: 'jwt' });
  const own = async (at: AuthApi) => token(at, client, { grant_type: 'client_credentials' });
  const { access_token: lasting } = await passwordTokens(first, client);
  const figures: Figures = { answers: {}, acknowledged: 0, revokedAccepted: 0, recoveryMs: 0 };
  const revoked: string[] = [];
  let lostAtMs: number | undefined;
  let isOver = false;

  const count = (what: string, status: number) => {
    const counts = figures.answers[what] ?? {};
    figures.answers[what] = counts;
    counts[status] = (counts[status] ?? 0) + 1;
    if (status !== 200 && lostAtMs !== undefined) figures.recoveryMs = performance.now() - lostAtMs;
  };
  const judge = async (at: AuthApi, by: TestClient, text: string, what: string) => {
    const answer = await postForm(at, 'introspect', { token: text }, by);
    count(what, answer.status);
    return answer.status === 200 && answer.json<{ active: boolean }>().active;
  };

  async function work(number: number): Promise<void> {
    for (let round = number; !isOver; round++) {
      const at = replicas[round % replicas.length] as AuthApi;
      const other = replicas[(round + 1) % replicas.length] as AuthApi;
      const issued = await own(at);
      count('issue', issued.status);
      if (issued.status === 200) {
        const { access_token: text } = issued.json();
        const answer = await postForm(at, 'revoke', { token: text }, client);
        count('revoke', answer.status);
        if (answer.status === 200) revoked.push(text);
      }
      await judge(other, client, lasting, 'introspect');
      // Revoked more than a second ago.
      const old = revoked[Math.floor(Math.random() * Math.max(0, revoked.length - roundsPerSecond))];
      if (old !== undefined && (await judge(other, client, old, 'introspect revoked')))
        figures.revokedAccepted++;
      await delay(pauseMs);
    }
  }

  const working = Array.from({ length: workers }, (_, number) => work(number));
  await delay(beforeMs);
  await prepare();
  lostAtMs = performance.now();
  await lose();
  await delay(afterMs);
  isOver = true;
  await Promise.all(working);
  for (const at of replicas) {
    for (const text of revoked)
      if (await judge(at, client, text, 'introspect revoked')) figures.revokedAccepted++;
  }
  figures.acknowledged = revoked.length;
  return figures;
}

function print(title: string, { answers, acknowledged, revokedAccepted, recoveryMs }: Figures): void {
  const lines = Object.entries(answers).map(([what, counts]) => `  ${what}: ${JSON.stringify(counts)}`);
  process.stdout.write(
    `${title}\n${lines.join('\n')}\n  revocations acknowledged: ${acknowledged}, of them accepted again: ${revokedAccepted}\n  last failure ${Math.round(recoveryMs)} ms after the loss\n`,
  );
}

const only503 = ({ answers }: Figures): string[] =>
  Object.values(answers).flatMap((counts) =>
    Object.keys(counts).filter((status) => !['200', '503'].includes(status)),
  );

it.each([
  [
    'an emptied Redis',
    async (): Promise<void> => undefined,
    async () => {
      await replicas[0]?.deps.stores.redis.flushall();
    },
  ],
  [
    'a fail-over that loses the last second',
    async () => {
      await redis.copy();
      await delay(1000);
    },
    () => redis.failOver(),
  ],
] as const)(
  '%s: nothing revoked is accepted, and all recovers by itself',
  async (title, prepare, lose) => {
    await start();

    const figures = await underLoad(prepare, lose);
    print(title, figures);

    expect(figures.acknowledged).toBeGreaterThan(0);
    expect(figures.revokedAccepted).toBe(0);
    expect(only503(figures)).toEqual([]);
    expect(figures.recoveryMs).toBeLessThan(20_000);
  },
  60_000,
);
