/** Describes the answers of the internal calls to Environment API. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  contactCenterViewSchema,
  corsViewSchema,
  environmentChangesPageSchema,
  environmentContactCentersSchema,
  environmentsOfPeopleSchema,
  environmentViewSchema,
  foundPeopleSchema,
  groupsOfPeopleSchema,
  imageContentSchema,
  imageSchema,
  installationBrandingSchema,
  installationProblemsSchema,
  passwordLinkSchema,
  passwordSetSchema,
  peopleNumbersSchema,
  peopleSchema,
  personNumbersSchema,
  providedPersonSchema,
  singleSignOnViewSchema,
} from '@gatehouse/contracts/environment-api';

export const contactCenterAnswer = envelopeOf(contactCenterViewSchema);
export const environmentContactCentersAnswer = envelopeOf(environmentContactCentersSchema);
export const environmentAnswer = envelopeOf(environmentViewSchema);
export const singleSignOnAnswer = envelopeOf(singleSignOnViewSchema);
export const corsAnswer = envelopeOf(corsViewSchema);
export const peopleAnswer = envelopeOf(peopleSchema);
export const foundPeopleAnswer = envelopeOf(foundPeopleSchema);
export const groupsOfPeopleAnswer = envelopeOf(groupsOfPeopleSchema);
export const environmentsOfPeopleAnswer = envelopeOf(environmentsOfPeopleSchema);
export const peopleNumbersAnswer = envelopeOf(peopleNumbersSchema);
export const passwordSetAnswer = envelopeOf(passwordSetSchema);
export const passwordLinkAnswer = envelopeOf(passwordLinkSchema);
export const providedPersonAnswer = envelopeOf(providedPersonSchema);
export const personNumbersAnswer = envelopeOf(personNumbersSchema);
export const brandingAnswer = envelopeOf(installationBrandingSchema);
export const imageAnswer = envelopeOf(imageSchema);
export const imageContentAnswer = envelopeOf(imageContentSchema);
export const changesAnswer = envelopeOf(environmentChangesPageSchema);
export const problemsAnswer = envelopeOf(installationProblemsSchema);
