/** Sets the limits of connections and requests (docs/protocol.md, "Limits"). */

export interface ServerLimits {
  maxFrameBytes: number;
  maxFrameBytesBeforeRegistration: number;
  maxInFlight: number;
  pageObjects: number;
  pageBytes: number;
  registerTimeoutMs: number;
  frameTimeoutMs: number;
  /** Drops a client that sends nothing for this time. */
  idleTimeoutMs: number;
  sendBufferBytes: number;
  connectionsPerAddress: number;
  unregisteredConnections: number;
  registrationsPerSecondPerAddress: number;
  subscriptions: number;
  /** One session per application name: a second one replaces the first, as daemon applications expect. */
  singleSession: boolean;
}

export const defaultServerLimits: ServerLimits = {
  maxFrameBytes: 1024 * 1024,
  maxFrameBytesBeforeRegistration: 16 * 1024,
  maxInFlight: 64,
  pageObjects: 100,
  pageBytes: 256 * 1024,
  registerTimeoutMs: 5_000,
  frameTimeoutMs: 30_000,
  idleTimeoutMs: 3_600_000,
  sendBufferBytes: 8 * 1024 * 1024,
  connectionsPerAddress: 50,
  unregisteredConnections: 200,
  registrationsPerSecondPerAddress: 20,
  subscriptions: 1_000,
  singleSession: false,
};
