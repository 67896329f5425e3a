/** What an operator reads about the Configuration Servers on the management port. */
import type { UserServiceWithLinks } from './service.ts';

/** @throws Error that names each environment whose link is down, and why. */
export function assertLinksOpen(links: ReturnType<UserServiceWithLinks['links']>): void {
  const down = links.filter(({ state }) => state === 'down');
  if (down.length === 0) return;
  throw new Error(
    down
      .map(({ environmentId, reason }) => `environment ${environmentId}: ${reason ?? 'no server answers'}`)
      .join('; '),
  );
}
