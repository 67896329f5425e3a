/** Repeats a call whose connection failed: a replica that died without notice stays an address of its service for a moment. */
import { setTimeout as wait } from 'node:timers/promises';

/** In all far below the time in which a caller wants its answer. */
const delaysMs = [30, 60, 120, 240];

/** Nobody accepted the connection, so nobody has seen the request. */
const refusals = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];
/** Somebody may have seen it. */
const breaks = ['ECONNRESET', 'EPIPE'];

interface Limits {
  /** The first attempt and its repetitions together: none begins later. */
  timeoutMs: number;
  /** The call changes nothing, or nothing more when it is sent twice. */
  maySendTwice: boolean;
}

/** @throws the error of the last attempt */
export async function repeated<T>(
  attempt: () => Promise<T>,
  { timeoutMs, maySendTwice }: Limits,
): Promise<T> {
  const startMs = performance.now();
  for (const delayMs of delaysMs) {
    try {
      return await attempt();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      const isRepeatable = refusals.includes(code) || (maySendTwice && breaks.includes(code));
      if (!isRepeatable || performance.now() - startMs + delayMs > timeoutMs) throw error;
      await wait(delayMs);
    }
  }
  return attempt();
}
