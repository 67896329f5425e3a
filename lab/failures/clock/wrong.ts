/** Names how wrong the clocks are made, and asks what both replicas say about it. */
import { decodeJwt } from 'jose';
import type { Findings } from '../../harness/findings.ts';
import { areReady, type Installation } from './installation.ts';

export const [hour, day] = [3600, 86_400];
export const differences = [3, 40, hour, 100 * day, 400 * day].flatMap((seconds) => [seconds, -seconds]);

/** A clock, and by how much it is wrong. */
export interface Wrong {
  clock: Installation['clocks']['replica'];
  seconds: number;
  whose: 'replica' | 'PostgreSQL';
}
/** Beyond it a replica is out of service. */
export const limitSeconds = 3;
/** The work that deletes runs once a minute. */
export const workMs = 65_000;

/** Auth API and Environment API of the good replica, then those of the second one. */
const expected = {
  ready: 'true true / true true',
  'second out': 'true true / false false',
  'all out': 'false false / false false',
  'second out, without PostgreSQL': 'true false / false false',
};

export type State = keyof typeof expected;

export async function settled(
  { good, second }: Installation,
  state: State,
  findings: Findings,
  what: string,
) {
  await findings.eventually(
    what,
    expected[state],
    async () => `${(await areReady(good)).join(' ')} / ${(await areReady(second)).join(' ')}`,
  );
}

/** By the clock of this process, which nobody sets. */
export function isOfNow(jwt: string): boolean {
  const { iat = 0 } = decodeJwt(jwt);
  return Math.abs(Date.now() / 1000 - iat) < 5;
}

/** Begins what is asked about it. */
export const named = (whose: Wrong['whose'], seconds: number) =>
  `${whose} ${seconds > 0 ? '+' : ''}${spoken(seconds)}`;

export function spoken(seconds: number): string {
  if (Math.abs(seconds) >= day) return `${seconds / day} d`;
  return Math.abs(seconds) >= hour ? `${seconds / hour} h` : `${seconds} s`;
}

/** Nothing may be gone that only its age ends. */
export async function expectKept(
  { rows }: Installation,
  before: Record<string, number>,
  findings: Findings,
  what: string,
) {
  await findings.expect(what, true, async () => {
    const after = await rows();
    return Object.entries(before).every(([name, count]) => (after[name] ?? 0) >= count);
  });
}
