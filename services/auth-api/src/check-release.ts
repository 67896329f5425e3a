/** Checks an installed Auth API: its discovery document is that of this installation, and it issues a token. */
import { type Ask, askForToken, type ReleasePlaces } from '@gatehouse/service-kit/health/release-check';
import { z } from 'zod';
import type { Config } from './config.ts';

export async function checkRelease(config: Config, { apiUrl }: ReleasePlaces, ask: Ask): Promise<void> {
  await ask({
    what: 'the discovery document',
    url: `${apiUrl}/auth/v3/.well-known/openid-configuration`,
    schema: z.object({ issuer: z.literal(`${config.publicUrl}/auth/v3`) }),
  });
  await askForToken(ask, apiUrl, config.serviceClient);
}
