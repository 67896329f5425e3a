/** Builds the consent page: which application asks which user for what, in everyday words. */

import { isLoopbackHost } from '@gatehouse/api-client/http';
import { consentAnswers, type InteractionView } from '@gatehouse/contracts/auth-api';
import type { ConsentPage } from '../pages/views.ts';
import type { Visit } from '../pages/visit.ts';
import type { Text, TextKey } from '../texts/texts.ts';

const everything = '*';

/** Scope values with a sentence of their own; others are shown by their name. */
const sentences: Readonly<Record<string, TextKey>> = {
  openid: 'consent.openid',
  profile: 'consent.profile',
  email: 'consent.email',
  roles: 'consent.roles',
  groups: 'consent.groups',
  offline_access: 'consent.offline_access',
  [everything]: 'consent.everything',
};

/** Members that every type may have (RFC 9396 section 2.2); others are shown by their name. */
const memberNames: Readonly<Record<string, TextKey>> = {
  actions: 'consent.detail.actions',
  locations: 'consent.detail.locations',
  datatypes: 'consent.detail.datatypes',
  identifier: 'consent.detail.identifier',
  privileges: 'consent.detail.privileges',
};

/** Lists what an application asks for: scope values with a sentence by their sentence, all others by name. */
export function wishesOf(text: Text, application: string, scope: readonly string[]) {
  const known = scope.flatMap((value) => sentences[value] ?? []);
  return {
    wishes: known.map((key) => text(key, { application })),
    names: scope.filter((value) => !(value in sentences)),
  };
}

export function consentPage(
  { text, interaction }: Visit,
  consent: NonNullable<InteractionView['consent']>,
): ConsentPage {
  const application = interaction?.client.name ?? '';
  const device = interaction?.device;
  const details = (consent.details ?? []).map(({ text: wish, members }) => ({
    wish,
    members: members.map(({ name, value }) => {
      const key = memberNames[name];
      return { name: key === undefined ? `${name}:` : text(key), value };
    }),
  }));
  const { resources } = consent;
  const locations = { name: text('consent.detail.locations'), value: resources?.join(', ') ?? '' };
  if (resources !== undefined) details.push({ wish: text('consent.resources'), members: [locations] });
  return {
    title: text('consent.title', { application }),
    lead: text(device === undefined ? 'consent.lead' : 'consent.device.lead', { application }),
    address: addressSentence(text, device === undefined ? hostOf(interaction) : interaction?.client.address),
    stranger: strangerSentences(text, interaction),
    device,
    interaction,
    userName: consent.userName,
    ...wishesOf(text, application, consent.scope),
    details,
    answers: consentAnswers,
    after: text(afterFormOf(interaction, details.length > 0)),
  };
}

export function addressSentence(text: Text, address: string | undefined): string | undefined {
  return address === undefined ? undefined : text('consent.address', { address });
}

/** Where the answer goes. An application on a device has a private scheme in place of a host. */
function hostOf(interaction: InteractionView | undefined): string | undefined {
  const origin = interaction?.redirectOrigin;
  return (origin && URL.parse(origin)?.host) || origin;
}

/** Anybody can publish a document with any name, and any program on this machine can take an answer that goes to it. */
function strangerSentences(text: Text, interaction: InteractionView | undefined): string[] {
  const host = interaction?.client.documentHost;
  if (host === undefined) return [];
  const isLocal = isLoopbackHost(URL.parse(interaction?.redirectOrigin ?? '')?.hostname ?? '');
  return [text('consent.document', { host }), ...(isLocal ? [text('consent.document.local')] : [])];
}

function afterFormOf(interaction: InteractionView | undefined, hasDetails: boolean): TextKey {
  if (interaction?.device !== undefined) return 'consent.device.warning';
  if (interaction?.client.documentHost !== undefined) return 'consent.document.askedEachTime';
  return hasDetails ? 'consent.askedEachTime' : 'consent.remembered';
}
