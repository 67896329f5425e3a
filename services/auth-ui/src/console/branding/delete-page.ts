/** Builds the question before the branding of a place is deleted. */
import type { BrandingEntry } from '@gatehouse/contracts/environment-api/branding';
import type { ConfirmPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';
import { pathTo } from './tabs.ts';

export function deletePage(
  visit: ConsoleVisit,
  {
    place,
    ownerName,
    own,
    etag,
  }: { place: Place; ownerName: string; own: Partial<BrandingEntry>; etag: string },
): ConfirmPage {
  const { text } = visit;
  return {
    title: text('console.branding.delete.title', { name: ownerName, location: place.location }),
    lead: text('console.branding.delete.lead'),
    path: pathTo(visit, place, ownerName),
    facts: [
      ...(own.name === undefined ? [] : [{ label: text('console.branding.name'), value: own.name }]),
      ...(own.logo === undefined
        ? []
        : [{ label: text('console.branding.word.logo'), value: own.logo.digest.slice(0, 12), isCode: true }]),
    ],
    form: {
      action: `${brandingPath}/delete`,
      hidden: { ...fieldsOf(place), ifMatch: etag },
      sections: [],
      submit: text('console.branding.delete'),
      cancel: addressOf('places', place),
      isDangerous: true,
    },
  };
}
