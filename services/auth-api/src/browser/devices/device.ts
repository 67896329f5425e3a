/** Defines a device that waits for a user to let it in with a browser elsewhere (RFC 8628). */
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
