/** Defines a device that waits for a user to let it in with a browser elsewhere (RFC 8628). */
import type { Grant } from '../tokens/grant.ts';

export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** Shortest time between two polls of a device, in seconds. */
export const pollIntervalSeconds = 5;

export interface DeviceRequest {
  /** Becomes the family of the tokens. */
  deviceId: string;
  clientId: string;
  scope: string[];
  userCode: string;
  /** The device's address, which the page shows to the user. */
  clientAddress: string;
  requestedAtMs: number;
  expiresAtMs: number;
}

/** The answer to a poll (RFC 8628 section 3.5). */
export type PollResult =
  | { outcome: 'approved'; grant: Grant }
  | { outcome: 'pending' | 'slow_down' | 'denied' | 'expired' | 'unknown' }
  /** The tokens were given out already: the code may be stolen. */
  | { outcome: 'reused' };
