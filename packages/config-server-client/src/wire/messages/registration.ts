/** Defines the bodies for registration, keep-alive, operational mode, account and closing. */
import { z } from 'zod';

const addpTimeoutSeconds = z.number().min(0).max(3_600);
const traceModeSchema = z.enum(['off', 'local', 'remote', 'both']);

/** Times in seconds as the client sees them: `localTimeout` is its own watch, `remoteTimeout` the server's. */
export const addpSchema = z.object({
  localTimeout: addpTimeoutSeconds,
  remoteTimeout: addpTimeoutSeconds,
  traceMode: traceModeSchema,
});

export const requestRegisterClientSchema = z.object({
  protocolVersions: z.array(z.int().positive()).min(1).max(16),
  clientName: z.string().min(1).max(255),
  clientApplicationType: z.int().nonnegative(),
  userName: z.string().min(1).max(255),
  userPassword: z.string().max(1_024),
  /** Follows ChangePasswordRequired: the password from now on. */
  newPassword: z.string().max(1_024).optional(),
  host: z.string().max(255),
  pid: z.int().nonnegative().optional(),
  encoding: z.literal('utf-8'),
  addp: addpSchema,
  features: z.array(z.string().max(64)).max(64).optional(),
});

export const eventClientRegisteredSchema = z.object({
  sessionId: z.string(),
  serverName: z.string(),
  serverVersion: z.string(),
  protocolVersion: z.int().positive(),
  serverRole: z.enum(['primary', 'backup', 'proxy']),
  /** Rises with every switchover. A server with a lower epoch than seen before is not primary any more. */
  serverEpoch: z.int().nonnegative(),
  operationalMode: z.int(),
  encoding: z.string(),
  schemaVersion: z.string(),
  applicationDbid: z.int().nonnegative(),
  accountDbid: z.int().nonnegative(),
  accountType: z.int().nonnegative(),
  tenantDbid: z.int().nonnegative(),
  addp: addpSchema,
  limits: z.object({
    maxFrame: z.int().positive(),
    maxInFlight: z.int().positive(),
    pageObjects: z.int().positive(),
    pageBytes: z.int().positive(),
  }),
  historyId: z.int().nonnegative(),
  /** Names the change log to which history ids belong. */
  historyLog: z.string(),
  resumed: z.boolean(),
  passwordExpiresInDays: z.int().optional(),
  lastLogin: z.int().nonnegative().optional(),
});

export const requestReadOperationalModeSchema = z.object({});
export const eventOperationalModeSchema = z.object({ operationalMode: z.int() });

export const requestReadAccountSchema = z.object({});
export const eventAccountReadSchema = z.object({
  applicationDbid: z.int().nonnegative(),
  applicationName: z.string(),
  accountDbid: z.int().nonnegative(),
  accountType: z.int().nonnegative(),
  userName: z.string(),
  tenantDbid: z.int().nonnegative(),
});

export const eventServerSwitchoverSchema = z.object({
  graceMs: z.int().nonnegative(),
  reconnect: z.string().optional(),
});

export const closeBodySchema = z.object({ code: z.string(), text: z.string().optional() });
