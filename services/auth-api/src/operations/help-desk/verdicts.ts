/** Makes the verdicts of a look at something, from what is said of it. */
import { type SignInCause, signInCauses } from '@gatehouse/contracts/auth-administration';
import { saidAs, type Verdict } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import type { StoredAuditEvent } from '../../records/audit/store.ts';

export const ok = (...said: Said[]) => saidAs('ok', said);
export const warning = (...said: Said[]) => saidAs('warning', said);
export const failed = (...said: Said[]) => saidAs('failed', said);
/** The registration does not need it. */
export const unneeded = (...said: Said[]) => saidAs('skipped', said);

/** Keeps a person from signing in, or from some of it. */
export function cause(reason: SignInCause, ...said: Said[]): Verdict {
  return { ...saidAs(signInCauses[reason] === 'refused' ? 'failed' : 'warning', said), reason };
}

export const onCommandLine = (command: string) => say('command', { command });

export const timeOf = ({ atMs }: StoredAuditEvent) => new Date(atMs).toISOString();
/** The event of a sign-in that had to wait says in words which limit was reached. */
export const reasonOf = ({ fields, name }: StoredAuditEvent) =>
  name === 'login_throttled' ? 'throttled' : String(fields['reason'] ?? name);
