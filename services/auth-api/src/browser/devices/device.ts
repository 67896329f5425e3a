/** Defines a device that waits for a user to let it in with a browser elsewhere (RFC 8628). */
export interface DeviceRequest {
  /** Becomes the family of the tokens. */
  deviceId: string;
  clientId: string;
  scope: string[];
  /** The APIs that the tokens are to be for (RFC 8707); absent: none was named. */
  resources?: string[];
  userCode: string;
  /** The device's address, which the page shows to the user. */
  clientAddress: string;
  requestedAtMs: number;
  expiresAtMs: number;
}
