/** Describes an area of the console: where it is, who sees it, and its pages. */
import type { App } from '@gatehouse/service-kit/http';
import { rightsOf, type Session } from '../../oauth-session/session.ts';
import type { TextKey } from '../../texts/texts.ts';

/** People who administer the installation see every area, those of one contact centre the areas for everybody. */
export type Audience = 'installation' | 'everybody';

export const navigationGroups = ['overview', 'estate', 'access', 'installation'] as const;

export interface Area {
  /** Below `/auth/console`, such as `/locations`; empty for the first page. */
  path: string;
  audience: Audience;
  /** Its place in the navigation; an area without one is reached from others. `icon`: a name of `partials/icon.eta`. */
  entry?: { group: (typeof navigationGroups)[number]; label: TextKey; icon: string };
  routes(pages: App): Promise<void>;
}

/** Hides and shows; the APIs decide. */
export function isFor(audience: Audience, person: Session): boolean {
  const { installation, contactCenter } = rightsOf(person);
  return installation || (audience === 'everybody' && contactCenter);
}
