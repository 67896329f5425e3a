/** Makes the links to the pages of the application that waits: its home page, privacy policy and terms of service. */
import type { InteractionView } from '@gatehouse/contracts/auth-api';
import type { Text } from '../texts/texts.ts';

export interface ApplicationLink {
  href: string;
  label: string;
}

/** The home page is named by its host: a name can be made up, a host tells whose page it is. */
export function applicationLinksOf(interaction: InteractionView | undefined, text: Text): ApplicationLink[] {
  const { clientUri, policyUri, tosUri } = interaction?.client ?? {};
  return [
    ...linkTo(clientUri, ({ host }) => host),
    ...linkTo(policyUri, () => text('application.policy')),
    ...linkTo(tosUri, () => text('application.terms')),
  ];
}

/** Only https: an address such as `javascript:` would run in our page. */
function linkTo(address: string | undefined, labelOf: (url: URL) => string): ApplicationLink[] {
  const url = address === undefined ? null : URL.parse(address);
  return url?.protocol === 'https:' ? [{ href: url.href, label: labelOf(url) }] : [];
}
