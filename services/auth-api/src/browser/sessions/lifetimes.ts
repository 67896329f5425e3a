/** Computes when a session ends. */
import type { Config } from '../../config.ts';
import type { Session } from './session.ts';

export interface Lifetime {
  /** A session ends when nobody used it for this long. */
  idleMs: number;
  /** A session ends this long after the login, used or not. */
  absoluteMs: number;
}

export interface SessionLifetimes extends Lifetime {
  /** For sessions on a device of the user's own, whose cookie outlives the browser. Undefined: not offered. */
  remembered?: Lifetime | undefined;
}

export function lifetimesOf(settings: Config['sessions']): SessionLifetimes {
  const { idleSeconds, absoluteSeconds, rememberSeconds, rememberIdleSeconds } = settings;
  const remembered = { idleMs: rememberIdleSeconds * 1000, absoluteMs: rememberSeconds * 1000 };
  return {
    idleMs: idleSeconds * 1000,
    absoluteMs: absoluteSeconds * 1000,
    remembered: rememberSeconds > 0 ? remembered : undefined,
  };
}

type Ending = Pick<Session, 'createdAtMs' | 'endsAtMs' | 'isRemembered'>;

export function lifetimeOf(lifetimes: SessionLifetimes, isRemembered: boolean): Lifetime {
  return isRemembered ? (lifetimes.remembered ?? lifetimes) : lifetimes;
}

/** Shorter settings also shorten the sessions that exist already. */
export function expiryOf(lifetimes: SessionLifetimes, session: Ending, seenAtMs: number): number {
  const { createdAtMs, endsAtMs, isRemembered } = session;
  const { idleMs, absoluteMs } = lifetimeOf(lifetimes, isRemembered);
  return Math.min(endsAtMs, createdAtMs + absoluteMs, seenAtMs + idleMs);
}
