/** Builds the set-up of single sign-on in four steps, from our addresses to the moment that people use it. */
import type { SignOnRecord } from '@gatehouse/api-client/environment-api';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { breadcrumbsBelowTab } from '../contact-centers/page-header.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { Fact, Form } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { checkForm, nameOf, providerOf, stateOf } from './pages.ts';
import { addressOf, ourAddresses, type Place } from './places.ts';

export interface SetUpPage extends ConsolePage {
  steps: {
    title: string;
    text: string;
    badge?: { text: string; kind: 'good' | 'plain' };
    facts?: Fact[];
    links?: { href: string; label: string }[];
    form?: Form;
  }[];
}

export function setUpPage(
  visit: ConsoleVisit,
  publicUrl: string,
  center: ContactCenter,
  place: Place,
  record: SignOnRecord | undefined,
): SetUpPage {
  const { text } = visit;
  const address = (step: Parameters<typeof addressOf>[1]) => addressOf(center.id, step, place);
  const key = 'console.singleSignOn.setUp';
  const stored = record !== undefined;
  return {
    title: nameOf(visit, place),
    lead: text(`${key}.lead`),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'singleSignOn'),
    actions: stored
      ? [{ label: text('console.singleSignOn.delete'), href: address('delete'), isEnding: true }]
      : [],
    steps: [
      {
        title: text(`${key}.register`),
        text: text(`${key}.register.${place.protocol}`),
        facts: ourAddresses(publicUrl, center.id, place).map(({ name, value, isDocument }) => ({
          label: text(`console.singleSignOn.our.${name}`),
          value,
          isCode: true,
          href: isDocument ? value : undefined,
        })),
      },
      {
        title: text(`${key}.store`),
        text: text(stored ? `${key}.store.done` : `${key}.store.text`),
        ...(stored
          ? { facts: [{ label: text('console.singleSignOn.provider'), value: providerOf(visit, record) }] }
          : {}),
        links: [{ href: address('settings'), label: text(stored ? `${key}.change` : `${key}.enter`) }],
      },
      {
        title: text(`${key}.check`),
        text: text(stored ? `${key}.check.text` : `${key}.check.later`),
        ...(stored
          ? {
              form: checkForm(visit, center.id, place),
              links: [{ href: address('trial'), label: text('console.singleSignOn.trial') }],
            }
          : {}),
      },
      {
        title: text(`${key}.enable`),
        text: text(stored ? `${key}.enable.${record.enabled ? 'done' : 'text'}` : `${key}.enable.later`),
        badge: stateOf(visit, record),
        ...(stored
          ? {
              links: [
                record.enabled
                  ? { href: address('disable'), label: text('console.singleSignOn.disable') }
                  : { href: address('enable'), label: text('console.singleSignOn.enable') },
              ],
            }
          : {}),
      },
    ],
  };
}
