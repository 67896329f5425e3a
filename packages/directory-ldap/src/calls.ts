/** Runs one call on the connection that is open: gives it a deadline, repeats what may be repeated, and counts it. */

import { afterFailure, type CallKind } from '@gatehouse/config-server-client/client';
import type { WarmStandby } from '@gatehouse/config-server-client/standby';
import type { Clock, ConnectionMetrics } from '@gatehouse/config-server-client/surroundings';
import { type CallOptions, ConfigServerError } from '@gatehouse/people-directory';
import type { LdapConnection } from './connection/connection.ts';
import type { Link } from './directory.ts';

const deadlinesMs: Record<CallKind, number> = { authenticate: 5_000, write: 10_000, read: 60_000 };

/** A server that lets so many calls in a row run into their deadlines is left. */
const maxTimeouts = 3;

export interface CallRunnerOptions {
  standby: Pick<WarmStandby<LdapConnection>, 'connection' | 'leave'>;
  clock: Clock;
  metrics: ConnectionMetrics;
}

export function createCallRunner({ standby, clock, metrics }: CallRunnerOptions) {
  let timeouts = 0;
  /** Counts, too. */
  const isTooBad = (error: ConfigServerError) => {
    timeouts = error.code === 'RequestTimeout' ? timeouts + 1 : 0;
    const isUnreachable = error.code === 'ConnectionLost' && !error.sent;
    return isUnreachable || timeouts >= maxTimeouts;
  };

  const attempts = async <T>(kind: CallKind, limits: Link['limits'], work: (link: Link) => Promise<T>) => {
    const leftMs = () => limits.deadlineAtMs - clock.monotonicMs();
    const wholeMs = leftMs();
    for (let repeats = 0; ; repeats += 1) {
      const main = await standby.connection(limits);
      const hadTime = leftMs() >= wholeMs / 2;
      try {
        const value = await work({ main, limits });
        timeouts = 0;
        return value;
      } catch (cause) {
        const error = asError(cause);
        const step = afterFailure(kind, error, repeats);
        // A call that a silent server has held, and that came to this one with less than half of its time, tells nothing of it.
        const isLeft = hadTime && isTooBad(error);
        // A call that only fails is left alone: what remains of its answer is dropped, and others keep the connection.
        if (isLeft || (step.kind === 'repeat' && step.leave)) standby.leave(main);
        if (step.kind === 'fail') throw step.error;
        if (step.kind === 'move-to-writable' || repeats > 0) throw error;
      }
    }
  };

  /** Rejects with ConfigServerError alone. */
  return async <T>(
    name: string,
    kind: CallKind,
    options: CallOptions | undefined,
    work: (link: Link) => Promise<T>,
  ): Promise<T> => {
    const startedAtMs = clock.monotonicMs();
    const deadlineAtMs = startedAtMs + (options?.deadlineMs ?? deadlinesMs[kind]);
    const settled = (outcome: 'ok' | ConfigServerError['code']) =>
      metrics.callSettled?.(name, outcome, clock.monotonicMs() - startedAtMs);
    try {
      const value = await attempts(kind, { deadlineAtMs, signal: options?.signal }, work);
      settled('ok');
      return value;
    } catch (cause) {
      const error = asError(cause);
      settled(error.code);
      throw error;
    }
  };
}

function asError(cause: unknown): ConfigServerError {
  if (cause instanceof ConfigServerError) return cause;
  return new ConfigServerError('InternalError', 'the call failed', { cause });
}
