/** Defines the bodies for verifying and changing passwords. */
import { z } from 'zod';

const userName = z.string().min(1).max(255);
/** The server limits the bytes; this limits the characters. */
const password = z.string().max(1_024);

export const requestAuthenticateSchema = z.object({
  userName,
  userPassword: password,
  tenantDbid: z.int().positive().optional(),
  clientAddress: z.string().max(255).optional(),
});

export const eventAuthenticatedSchema = z.object({
  userDbid: z.int().positive(),
  tenantDbid: z.int().positive(),
  userName: z.string(),
  changePasswordRequired: z.boolean(),
  passwordExpiresInDays: z.int().optional(),
  /** Unix seconds. */
  lastLogin: z.int().nonnegative().optional(),
  sessions: z.int().nonnegative().optional(),
});

export const requestChangePasswordSchema = z.object({
  userName,
  oldPassword: password,
  newPassword: password,
});

export const eventPasswordChangedSchema = z.object({
  /** Unix seconds. */
  passwordUpdatingDate: z.int().nonnegative(),
});
