/** Builds the page of the logo: the one that counts, a form for another one, and the way to be without. */
import type { BrandingAnswer } from '@gatehouse/api-client/environment-api';
import { type Picture, pictureOf } from '../../pages/theme.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { Form } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { brandingPath, fieldsOf, type Place } from './place.ts';
import { brandingBreadcrumbs, brandingTabs } from './tabs.ts';

export interface LogoPage extends ConsolePage {
  picture: Picture | undefined;
  /** Where it comes from, or that there is none. */
  origin: string;
  form: Form;
  /** Present where the place has a logo of its own. */
  removal: Form | undefined;
}

export function logoPage(
  visit: ConsoleVisit,
  {
    place,
    ownerName,
    answer,
    etag,
  }: { place: Place; ownerName: string; answer: BrandingAnswer; etag: string },
  problem?: Problem,
): LogoPage {
  const { text } = visit;
  const own = answer.entries.find(({ location }) => location === place.location)?.logo;
  const { logo, sources } = answer.effective ?? {};
  const source = sources?.['logo'];
  const hidden = { ...fieldsOf(place), ifMatch: etag };
  return {
    title: text('console.branding.of', { name: ownerName, location: place.location }),
    lead: text('console.branding.logo.lead'),
    breadcrumbs: brandingBreadcrumbs(visit, place, ownerName),
    tabs: brandingTabs(visit, place, 'logo'),
    picture: logo && pictureOf(logo),
    origin:
      own !== undefined
        ? text('console.branding.logo.own')
        : source === undefined
          ? text('console.branding.logo.none')
          : text(`console.branding.logo.${source.level}`, { location: source.location }),
    form: {
      action: `${brandingPath}/logo`,
      hidden,
      isMultipart: true,
      sections: [
        {
          fields: [
            {
              name: 'logo',
              label: text('console.branding.logo.file'),
              hint: text('console.branding.logo.hint'),
              kind: 'file',
              isRequired: true,
              problem: problem && (problem.fields['body'] ?? problem.message),
            },
          ],
        },
      ],
      submit: text('console.branding.logo.upload'),
    },
    removal: own && {
      action: `${brandingPath}/logo/delete`,
      hidden,
      sections: [],
      submit: text('console.branding.logo.delete'),
      isDangerous: true,
    },
  };
}
