/** A device that waits for a person to let it in with a browser elsewhere (RFC 8628). */
import type { Grant } from '../tokens/grant.ts';

export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

export interface DeviceRequest {
  /** Becomes the family of the tokens. */
  deviceId: string;
  clientId: string;
  scope: string[];
  userCode: string;
  /** Where it was asked from, for the person to recognise. */
  clientAddress: string;
  requestedAtMs: number;
  expiresAtMs: number;
}

/** What a device that asks for its tokens is told (section 3.5). */
export type PollResult =
  | { outcome: 'approved'; grant: Grant }
  | { outcome: 'pending' | 'slow_down' | 'denied' | 'expired' | 'unknown' }
  /** It had its tokens already: whoever asks again may have stolen the code. */
  | { outcome: 'reused' };

/** Every function rejects when Redis cannot answer; the error handlers make that a 503. */
export interface DeviceStore {
  /** False when the user code is taken. */
  save(request: DeviceRequest, secretHash: string): Promise<boolean>;
  /** The one that waits for this code. */
  findByUserCode(userCode: string): Promise<DeviceRequest | undefined>;
  /** False when it does not wait any more. */
  answer(deviceId: string, answer: Grant | 'denied'): Promise<boolean>;
  poll(deviceId: string, secretHash: string, clientId: string): Promise<PollResult>;
}

/** Least seconds between two questions of a device. */
export const pollIntervalSeconds = 5;
