/** Decides whether a failed call may be repeated, and where (docs/protocol.md, "What may be repeated"). */
import { ConfigServerError } from '@gatehouse/people-directory';

export type CallKind = 'read' | 'authenticate' | 'write';

/** `leave` gives up the connection that answered. */
export type NextStep =
  | { kind: 'fail'; error: ConfigServerError; leave?: boolean }
  /** On the connection that is open now or next. */
  | { kind: 'repeat'; leave: boolean }
  | { kind: 'move-to-writable' };

/** `repeats` counts the repetitions of calls that were sent. */
export function afterFailure(kind: CallKind, error: ConfigServerError, repeats: number): NextStep {
  switch (error.code) {
    case 'ConnectionLost':
      return afterLoss(kind, error, repeats);
    case 'NotPrimary':
    case 'ShuttingDown':
      // The server did not carry it out: repeating on another server is safe.
      return repeats === 0 ? { kind: 'repeat', leave: true } : { kind: 'fail', error };
    case 'ReadOnly':
      return kind === 'read' ? { kind: 'fail', error } : { kind: 'move-to-writable' };
    case 'InternalError':
      return kind === 'read' && repeats === 0 ? { kind: 'repeat', leave: false } : { kind: 'fail', error };
    case 'AnswerTooLong':
      // The rest of the answer would go on coming, for nobody.
      return { kind: 'fail', error, leave: true };
    default:
      return { kind: 'fail', error };
  }
}

/** A call that was not sent may go to the next server. Of those that were sent, only a read is repeated, and only once. */
function afterLoss(kind: CallKind, error: ConfigServerError, repeats: number): NextStep {
  if (!error.sent) return { kind: 'repeat', leave: false };
  if (kind === 'read') return repeats === 0 ? { kind: 'repeat', leave: false } : { kind: 'fail', error };
  return {
    kind: 'fail',
    error: new ConfigServerError('OutcomeUnknown', 'the connection broke before the answer came', {
      endpoint: error.endpoint,
      refId: error.refId,
      sent: true,
      retryable: false,
      cause: error,
    }),
  };
}
