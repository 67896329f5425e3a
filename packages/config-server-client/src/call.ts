/** One call from beginning to end: on which connection, how often, and how it ends. */
import type { AnswerCollector } from './connection/exchange.ts';
import { ConfigServerError } from './errors.ts';
import { afterFailure, type CallKind } from './repeat-policy.ts';
import type { ServerLink } from './server-link.ts';
import type { ConfMessage } from './wire/message.ts';
import type { WriteLink } from './write-link.ts';

export interface Call<T> {
  kind: CallKind;
  message: ConfMessage;
  /** A new one for every attempt: pages of a broken attempt must not count. */
  collect: () => AnswerCollector<T>;
  limits: { deadlineAtMs: number; betweenAnswersMs?: number; signal?: AbortSignal | undefined };
}

/** Settles exactly once. Errors: ConfigServerError. */
export function runCall<T>(call: Call<T>, main: ServerLink, write: WriteLink): Promise<T> {
  const onWritable = () => write.use((link) => attempts(call, link, undefined));
  if (call.kind === 'write' && main.isReadOnly) return onWritable();
  return attempts(call, main, onWritable);
}

async function attempts<T>(
  call: Call<T>,
  link: ServerLink,
  onWritable: (() => Promise<T>) | undefined,
): Promise<T> {
  for (let repeats = 0; ; ) {
    // Usually there is one, and waiting for it would cost every call turns of the promise queue.
    const connection = link.current ?? (await link.connection(call.limits));
    try {
      return await connection.channel.exchange(call.message, call.collect(), call.limits);
    } catch (cause) {
      if (!(cause instanceof ConfigServerError)) throw cause;
      const step = afterFailure(call.kind, cause, repeats);
      if (step.kind === 'fail') throw step.error;
      if (step.kind === 'move-to-writable') {
        if (onWritable === undefined) throw cause;
        return onWritable();
      }
      if (step.leave) link.leave(connection);
      if (cause.sent) repeats += 1;
    }
  }
}
