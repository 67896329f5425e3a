/** Builds the confirmation before the branding of a place is deleted. */
import type { BrandingEntry } from '@gatehouse/contracts/environment-api';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage } from '../shell/pages.ts';
import { factOf } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';
import { brandingBreadcrumbs } from './tabs.ts';

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
  return confirmationOf(visit, {
    key: 'console.branding.delete',
    named: { name: ownerName, location: place.location },
    breadcrumbs: brandingBreadcrumbs(visit, place, ownerName),
    facts: [
      ...factOf(text('field.branding.name'), own.name),
      ...factOf(text('console.branding.word.logo'), own.logo?.digest.slice(0, 12), true),
    ],
    action: `${brandingPath}/delete`,
    hidden: { ...fieldsOf(place), ifMatch: etag },
    cancel: addressOf('places', place),
    isDangerous: true,
  });
}
