/** Builds what the pages about one place share: their breadcrumbs, and the pages beside them. */
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, brandingPath, type Place } from './place.ts';

const pages = ['edit', 'logo', 'preview'] as const;

export function brandingBreadcrumbs({ text }: ConsoleVisit, place: Place, ownerName: string) {
  return [
    { label: text('console.branding.title'), href: brandingPath },
    { label: ownerName, href: addressOf('places', { ...place, location: '/' }) },
  ];
}

export function brandingTabs({ text }: ConsoleVisit, place: Place, current: (typeof pages)[number]) {
  return pages.map((page) => ({
    label: text(`console.branding.tab.${page}`),
    href: addressOf(page, place),
    isCurrent: page === current,
  }));
}
