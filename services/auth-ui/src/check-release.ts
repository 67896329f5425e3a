/** Checks an installed Auth UI: it shows a page, and it reaches what a sign-in needs of Auth API. */
import type { Ask, ReleasePlaces } from '@gatehouse/service-kit/health';
import type { Config } from './config.ts';

export async function checkRelease(_config: Config, { apiUrl }: ReleasePlaces, ask: Ask): Promise<void> {
  await ask({ what: 'the front page', url: `${apiUrl}/`, accept: ['text/html'] });
  await ask({
    what: 'the way to Auth API',
    url: `${apiUrl}/auth/health`,
    accept: ['application/health+json'],
  });
}
