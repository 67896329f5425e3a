/** Describes the answers of the internal calls to Environment API. */
import { envelopeOf } from '@gatehouse/contracts/envelope';
import {
  imageContentSchema,
  imageSchema,
  installationBrandingSchema,
} from '@gatehouse/contracts/environment-api/branding';
import { environmentChangesPageSchema } from '@gatehouse/contracts/environment-api/changes';
import {
  contactCenterViewSchema,
  environmentContactCentersSchema,
} from '@gatehouse/contracts/environment-api/contact-center';
import { corsViewSchema } from '@gatehouse/contracts/environment-api/cors';
import { environmentViewSchema } from '@gatehouse/contracts/environment-api/environment';
import {
  foundPeopleSchema,
  passwordLinkSchema,
  passwordSetSchema,
  peopleNumbersSchema,
  peopleSchema,
  personNumbersSchema,
} from '@gatehouse/contracts/environment-api/people';
import { singleSignOnViewSchema } from '@gatehouse/contracts/environment-api/single-sign-on';

export const contactCenterAnswer = envelopeOf(contactCenterViewSchema);
export const environmentContactCentersAnswer = envelopeOf(environmentContactCentersSchema);
export const environmentAnswer = envelopeOf(environmentViewSchema);
export const singleSignOnAnswer = envelopeOf(singleSignOnViewSchema);
export const corsAnswer = envelopeOf(corsViewSchema);
export const peopleAnswer = envelopeOf(peopleSchema);
export const foundPeopleAnswer = envelopeOf(foundPeopleSchema);
export const peopleNumbersAnswer = envelopeOf(peopleNumbersSchema);
export const passwordSetAnswer = envelopeOf(passwordSetSchema);
export const passwordLinkAnswer = envelopeOf(passwordLinkSchema);
export const personNumbersAnswer = envelopeOf(personNumbersSchema);
export const brandingAnswer = envelopeOf(installationBrandingSchema);
export const imageAnswer = envelopeOf(imageSchema);
export const imageContentAnswer = envelopeOf(imageContentSchema);
export const changesAnswer = envelopeOf(environmentChangesPageSchema);
