/** Lists the areas of the console for a person: where each is, and who sees it. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import { type LesserRight, rightsOf, type Session } from '../../oauth-session/session.ts';
import type { Visit } from '../../pages/visit.ts';
import type { TextKey } from '../../texts/texts.ts';

/** People who administer the installation see every area, those of one contact centre the areas for everybody. */
type Audience = 'installation' | 'everybody';

const groups = ['overview', 'estate', 'access', 'installation'] as const;

export interface ListedArea {
  /** Below `/auth/console`, such as `/locations`; empty for the first page. */
  path: string;
  audience: Audience;
  /** Lesser rights of a contact centre that see its pages without their forms. */
  lesser?: readonly LesserRight[];
  /** Its place in the navigation; an area without one is reached from others. `icon`: a name of `partials/icon.eta`. */
  entry?: { group: (typeof groups)[number]; label: TextKey; icon: string };
}

/** Hides and shows; the APIs decide. */
export function isFor(
  { audience, lesser: readers = [] }: Pick<ListedArea, 'audience' | 'lesser'>,
  person: Session,
): boolean {
  const { installation, contactCenter, lesser } = rightsOf(person);
  if (lesser.length > 0) return lesser.some((right) => readers.includes(right));
  return installation || (audience === 'everybody' && contactCenter);
}

export function navigationOf({ request, text }: Visit, person: Session, areas: readonly ListedArea[]) {
  const path = request.url.split('?', 1)[0] ?? '';
  const shown = areas.filter((area) => area.entry !== undefined && isFor(area, person));
  return groups
    .map((group) => ({
      label: text(`console.group.${group}`),
      entries: shown
        .filter(({ entry }) => entry?.group === group)
        .map(({ path: below, entry }) => ({
          href: `${consolePath}${below}`,
          label: text(entry?.label as TextKey),
          icon: entry?.icon,
          isCurrent: below === '' ? path === consolePath : `${path}/`.startsWith(`${consolePath}${below}/`),
        })),
    }))
    .filter(({ entries }) => entries.length > 0);
}
