/** What the other side's CLOSE means to us. */
import type { ConfigServerErrorCode } from '../errors.ts';
import type { CloseCode } from '../wire/wire-protocol.ts';

const reasons: Partial<Record<CloseCode, ConfigServerErrorCode>> = {
  'shutting-down': 'ShuttingDown',
  'not-primary': 'NotPrimary',
  'frame-too-large': 'FrameTooLarge',
  'too-many-connections': 'Overloaded',
};

export function closeReason(code: CloseCode): ConfigServerErrorCode {
  return reasons[code] ?? 'ConnectionLost';
}
