/** Reports to operators which links to Configuration Servers are down. */
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';
import type { UserService } from './service.ts';

type LinkStates = ReturnType<UserService['links']>;

/** @throws Error that names each environment whose link is down, and why. */
export function assertLinksOpen(links: LinkStates): void {
  const down = links.filter(({ state }) => state === 'down');
  if (down.length === 0) return;
  throw new Error(
    down
      .map(({ environmentId, reason }) => `environment ${environmentId}: ${reason ?? 'no server answers'}`)
      .join('; '),
  );
}

/** Checks the links that this replica holds. */
export function linksProbe(users: Pick<UserService, 'links'>): Probe {
  return {
    name: 'Configuration Servers',
    async run() {
      const links = users.links();
      if (links.length === 0)
        return { status: 'skipped', message: 'Nobody has signed in through this replica.' };
      assertLinksOpen(links);
      return { status: 'ok', message: `The links of ${links.length} environments are up.` };
    },
  };
}
