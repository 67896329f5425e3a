/** Checks an installed Environment API: it accepts a token of Auth API, so it reaches Auth API and both know the same client. */
import { type Ask, askForToken, type ReleasePlaces } from '@gatehouse/service-kit/health';
import type { Config } from './config.ts';

export async function checkRelease(config: Config, { apiUrl }: ReleasePlaces, ask: Ask): Promise<void> {
  const token = await askForToken(ask, config.authApi.url, config.serviceClient);
  await ask({
    what: 'the list of contact centres, with that token',
    url: `${apiUrl}/environment/v3/contact-centers?limit=1`,
    headers: { authorization: `Bearer ${token}` },
  });
}
