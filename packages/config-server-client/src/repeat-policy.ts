/** Which failed call may be tried again, and where (docs/protocol.md, "What may be repeated"). Pure. */
import { ConfigServerError } from './errors.ts';

export type CallKind = 'read' | 'authenticate' | 'write';

export type NextStep =
  | { kind: 'fail'; error: ConfigServerError }
  /** On whatever connection is open now or next; `leave` gives up the one that answered. */
  | { kind: 'repeat'; leave: boolean }
  | { kind: 'move-to-writable' };

/** `repeats` counts how often a sent call was already repeated. */
export function afterFailure(kind: CallKind, error: ConfigServerError, repeats: number): NextStep {
  switch (error.code) {
    case 'ConnectionLost':
      return afterLoss(kind, error, repeats);
    case 'NotPrimary':
    case 'ShuttingDown':
      // The server said that it did not do it: repeating is safe, but not there.
      return repeats === 0 ? { kind: 'repeat', leave: true } : { kind: 'fail', error };
    case 'ReadOnly':
      return kind === 'read' ? { kind: 'fail', error } : { kind: 'move-to-writable' };
    case 'InternalError':
      return kind === 'read' && repeats === 0 ? { kind: 'repeat', leave: false } : { kind: 'fail', error };
    default:
      return { kind: 'fail', error };
  }
}

/** Not written: may go to the next server. Written: a read once more; anything that counts or changes never. */
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
