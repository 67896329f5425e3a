/** Tells how long a person has to wait after wrong passwords, by where the person tries. */
import type { Verdict } from '@gatehouse/service-kit/health';
import type { UserService } from '../../people/accounts/service.ts';
import type { HelpDeskAccount } from './accounts.ts';

type Rules = Awaited<ReturnType<UserService['delays']['explain']>>['rules'];

export async function delaysVerdict(
  delays: Pick<UserService['delays'], 'explain'>,
  { contactCenter, userName }: HelpDeskAccount,
): Promise<Verdict> {
  const { refusals, counted, rules, waitMs } = await delays.explain(contactCenter, userName);
  const count = `${refusals.length} wrong passwords are remembered`;
  const limit = limitOf(rules, counted);
  const waits = [
    ['in a browser that signed in before', waitMs.knownBrowser],
    ['at a usual address', waitMs.usualAddress],
    ['elsewhere', waitMs.elsewhere],
  ] as const;
  const waiting = waits.filter(([, ms]) => ms > 0).map(([where, ms]) => `${Math.ceil(ms / 1000)} s ${where}`);
  if (waiting.length === 0) return { status: 'ok', message: `There is nothing to wait for: ${count}.` };
  return {
    // Somebody who is known there gets in at once.
    status: waiting.length === waits.length ? 'failed' : 'warning',
    message: `${count}, ${limit}. To wait: ${waiting.join(', ')}. gatehouse people unlock forgets them.`,
  };
}

function limitOf({ threshold, from }: Rules, counted: number): string {
  if (threshold === 0) return 'the directory locks nobody';
  return `the directory has counted ${counted} and ${from === 'server' ? 'locks at' : 'is taken to lock at'} ${threshold}`;
}
