/** Builds the header of the pages about one contact centre. Another area adds its tab here, and calls `contactCenterHeader`. */
import type { TextKey } from '../../texts/texts.ts';
import { contactCenterPath, contactCentersPath } from '../shell/names/contact-centers.ts';
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
    name: 'secondFactor',
    label: 'console.contactCenters.secondFactor',
    href: (id) => `${contactCenterPath(id)}/second-factor`,
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
  { name: 'audit', label: 'console.audit.title', href: (id) => `${contactCenterPath(id)}/audit` },
  {
    name: 'administrators',
    label: 'console.administrators.title',
    href: (id) => `${contactCenterPath(id)}/administrators`,
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

/** The header of a page that is a tab: title, breadcrumbs and tabs. */
export function contactCenterHeader(
  visit: ConsoleVisit,
  center: Named,
  current: ContactCenterTab,
): Pick<ConsolePage, 'title' | 'breadcrumbs' | 'tabs'> {
  const { text } = visit;
  const shown = tabs.map(({ name, label, href }) => ({
    label: text(label),
    href: href(center.id),
    isCurrent: name === current,
  }));
  const title = shown.find(({ isCurrent }) => isCurrent)?.label ?? center.name;
  return current === 'overview'
    ? { title: center.name, breadcrumbs: centerBreadcrumbs(visit), tabs: shown }
    : { title, breadcrumbs: centerBreadcrumbs(visit, center), tabs: shown };
}

/** The breadcrumbs of a page below a tab, such as a form. */
export function breadcrumbsBelowTab(visit: ConsoleVisit, center: Named, tab: ContactCenterTab): Breadcrumbs {
  const found = tabs.find(({ name }) => name === tab);
  const own = centerBreadcrumbs(visit, center);
  return found === undefined || tab === 'overview'
    ? own
    : [...own, { label: visit.text(found.label), href: found.href(center.id) }];
}

type Breadcrumbs = { label: string; href: string }[];

/** People who administer one contact centre have no list. */
function centerBreadcrumbs({ rights, text }: ConsoleVisit, center?: Named): Breadcrumbs {
  const list = { label: text('console.contactCenters.title'), href: contactCentersPath };
  const one = center && { label: center.name, href: contactCenterPath(center.id) };
  return [...(rights.installation ? [list] : []), ...(one ? [one] : [])];
}
