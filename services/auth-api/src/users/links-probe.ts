/** The links to Configuration Servers that this replica holds. */
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';
import { assertLinksOpen } from './link-health.ts';
import type { UserServiceWithLinks } from './service.ts';

export function linksProbe(users: Pick<UserServiceWithLinks, 'links'>): Probe {
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
