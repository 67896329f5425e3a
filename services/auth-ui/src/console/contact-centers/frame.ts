/** Frames the pages about one contact centre: the way to it, and its tabs. Another area adds its tab here, and calls `frameOf`. */
import type { TextKey } from '../../texts/texts.ts';
import { contactCenterPath, contactCentersPath } from '../shell/contact-centers.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

interface Tab {
  name: string;
  label: TextKey;
  href: (id: string) => string;
}

const tabs = [
  { name: 'overview', label: 'console.contactCenters.overview', href: contactCenterPath },
  { name: 'settings', label: 'console.settings.title', href: (id) => `${contactCenterPath(id)}/settings` },
  {
    name: 'singleSignOn',
    label: 'console.singleSignOn.title',
    href: (id) => `${contactCenterPath(id)}/single-sign-on`,
  },
  {
    name: 'origins',
    label: 'console.contactCenters.origins',
    href: (id) => `${contactCenterPath(id)}/origins`,
  },
  {
    name: 'apiKeys',
    label: 'console.contactCenters.apiKeys',
    href: (id) => `${contactCenterPath(id)}/api-keys`,
  },
  {
    name: 'offBoarding',
    label: 'console.contactCenters.offBoarding',
    href: (id) => `${contactCenterPath(id)}/off-boarding`,
  },
] as const satisfies readonly Tab[];

export type ContactCenterTab = (typeof tabs)[number]['name'];

interface Named {
  id: string;
  name: string;
}

/** Title, way and tabs of a page that is a tab. */
export function frameOf(
  visit: ConsoleVisit,
  center: Named,
  current: ContactCenterTab,
): Pick<ConsolePage, 'title' | 'path' | 'tabs'> {
  const { text } = visit;
  const shown = tabs.map(({ name, label, href }) => ({
    label: text(label),
    href: href(center.id),
    isCurrent: name === current,
  }));
  const title = shown.find(({ isCurrent }) => isCurrent)?.label ?? center.name;
  return current === 'overview'
    ? { title: center.name, path: wayTo(visit), tabs: shown }
    : { title, path: wayTo(visit, center), tabs: shown };
}

/** The way to a page below a tab, such as a form. */
export function wayBelow(visit: ConsoleVisit, center: Named, tab: ContactCenterTab): Way {
  const found = tabs.find(({ name }) => name === tab);
  const own = wayTo(visit, center);
  return found === undefined || tab === 'overview'
    ? own
    : [...own, { label: visit.text(found.label), href: found.href(center.id) }];
}

type Way = { label: string; href: string }[];

/** People who administer one contact centre have no list. */
function wayTo({ rights, text }: ConsoleVisit, center?: Named): Way {
  const list = { label: text('console.contactCenters.title'), href: contactCentersPath };
  const one = center && { label: center.name, href: contactCenterPath(center.id) };
  return [...(rights.installation ? [list] : []), ...(one ? [one] : [])];
}
