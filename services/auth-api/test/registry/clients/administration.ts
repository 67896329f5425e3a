/** The administration of clients, as an operator's script uses it. */
import { afterAll, beforeAll } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { type OAuthAnswer, opsCall } from '../../stack/oauth.ts';

export const path = '/auth/v3/ops/clients';
export interface Envelope {
  status: { code: number; message?: string };
  data: Record<string, unknown>;
  errors?: { status: { field: string; message: string } }[];
}

export let stack: AuthApi;

/** Starts it for the tests of a file. */
export function startAdministration(): void {
  beforeAll(async () => {
    stack = await startAuthApi();
  });
  afterAll(() => stack?.close());
}

export const create = (data: unknown, at = stack) => opsCall(at, 'POST', path, { data });
export const envelope = (answer: OAuthAnswer) => answer.json<Envelope>();
