/** Runs one call of the client: checks the request, chooses the connection, and repeats what may be repeated. */
import { type CallOptions, ConfigServerError } from '@gatehouse/people-directory';
import type { AnswerCollector, ExchangeLimits } from '../connection/exchange.ts';
import type { Clock } from '../surroundings/clock.ts';
import type { ConnectionMetrics } from '../surroundings/metrics.ts';
import { type ConfMessage, parseMessage } from '../wire/message.ts';
import { afterFailure, type CallKind } from './repeat-policy.ts';
import type { createServerLinks } from './server-links.ts';
import type { ServerLink } from './write-link.ts';

export interface Call<T> {
  kind: CallKind;
  message: ConfMessage;
  /** Called for every attempt: pages of a failed attempt must not count. */
  collect: () => AnswerCollector<T>;
  options: CallOptions;
}

export const deadlinesMs: Record<CallKind, number> = { authenticate: 5_000, write: 10_000, read: 60_000 };
const betweenPagesMs = 10_000;

export type CallRunner = <T>(call: Call<T>) => Promise<T>;

/** The runner settles each call exactly once. Errors: ConfigServerError. */
export function createCallRunner(
  { main, write }: ReturnType<typeof createServerLinks>,
  clock: Clock,
  metrics: ConnectionMetrics,
): CallRunner {
  const run = <T>(call: Call<T>, limits: ExchangeLimits): Promise<T> => {
    refuseMalformed(call.message);
    const onWriteLink = () => write.use((link) => attempt(call, link, limits, undefined));
    if (call.kind === 'write' && main.current?.isReadOnly === true) return onWriteLink();
    return attempt(call, main, limits, onWriteLink);
  };

  return async (call) => {
    const startedAtMs = clock.monotonicMs();
    const limits: ExchangeLimits = {
      deadlineAtMs: startedAtMs + (call.options.deadlineMs ?? deadlinesMs[call.kind]),
      betweenAnswersMs: call.kind === 'read' ? betweenPagesMs : undefined,
      signal: call.options.signal,
    };
    try {
      const value = await run(call, limits);
      metrics.callSettled?.(call.message.name, 'ok', clock.monotonicMs() - startedAtMs);
      return value;
    } catch (cause) {
      const error =
        cause instanceof ConfigServerError
          ? cause
          : new ConfigServerError('InternalError', 'the call failed', { cause });
      metrics.callSettled?.(call.message.name, error.code, clock.monotonicMs() - startedAtMs);
      throw error;
    }
  };
}

async function attempt<T>(
  call: Call<T>,
  link: ServerLink,
  limits: ExchangeLimits,
  onWriteLink: (() => Promise<T>) | undefined,
): Promise<T> {
  for (let repeats = 0; ; ) {
    const connection = link.current ?? (await link.connection(limits));
    try {
      return await connection.channel.exchange(call.message, call.collect(), limits);
    } catch (cause) {
      if (!(cause instanceof ConfigServerError)) throw cause;
      const step = afterFailure(call.kind, cause, repeats);
      if (step.kind === 'move-to-writable') {
        if (onWriteLink === undefined) throw cause;
        return onWriteLink();
      }
      if (step.leave === true) link.leave(connection);
      if (step.kind === 'fail') throw step.error;
      if (cause.sent) repeats += 1;
    }
  }
}

/** Refuses before sending what the server would refuse as malformed, such as a user name without end. */
function refuseMalformed({ name, body }: ConfMessage): void {
  const result = parseMessage(name, body);
  if ('problem' in result)
    throw new ConfigServerError('MalformedBody', 'the request is not valid', { detail: result.problem });
}
