/** Builds the set-up of single sign-on in four steps, from our addresses to the moment that people use it. */
import type { SignOnRecord } from '@gatehouse/api-client/environment-api/single-sign-on';
import type { ContactCenter } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import { wayBelow } from '../contact-centers/frame.ts';
import type { ConfirmPage, ConsolePage } from '../shell/pages.ts';
import { type Fact, type Form, withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { checkForm, nameOf, providerOf, stateOf, wayToPlace } from './pages.ts';
import { addressOf, ourAddresses, type Place, singleSignOnPath } from './places.ts';

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
    path: wayBelow(visit, center, 'singleSignOn'),
    actions: stored ? [{ label: text('console.singleSignOn.delete'), href: address('delete') }] : [],
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
        ...(stored ? { form: checkForm(visit, center.id, place) } : {}),
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

export type Question = 'enable' | 'disable' | 'delete';

/** Asks before people sign in another way than today. */
export function questionPage(
  visit: ConsoleVisit,
  question: Question,
  {
    center,
    place,
    record,
    etag,
  }: { center: ContactCenter; place: Place; record: SignOnRecord; etag: string },
  problem?: Problem,
): ConfirmPage {
  const { text } = visit;
  const groups = namesOf(record['accessGroups']);
  const kept = namesOf(record['passwordUsers']);
  const fact = (label: string, value: string) => ({ label, value });
  const facts = [
    fact(text('console.singleSignOn.provider'), providerOf(visit, record)),
    fact(
      text('console.singleSignOn.field.accessGroups'),
      groups.join(', ') || text('console.singleSignOn.everybody'),
    ),
    fact(
      text('console.singleSignOn.field.passwordUsers'),
      kept.join(', ') || text('console.singleSignOn.nobody'),
    ),
  ];
  const passwords =
    groups.length > 0
      ? text('console.singleSignOn.enable.groups', { groups: groups.join(', ') })
      : text('console.singleSignOn.enable.everybody');
  const away = kept.length > 0 ? '' : text('console.singleSignOn.enable.noPasswordUser');
  const isOff = question !== 'enable' && !record.enabled;
  return {
    title: text(`console.singleSignOn.${question}.title`),
    lead:
      question === 'enable'
        ? [passwords, away].filter(Boolean).join(' ')
        : text(isOff ? 'console.singleSignOn.delete.off' : `console.singleSignOn.${question}.lead`),
    path: wayToPlace(visit, center, place),
    facts,
    form: withProblem(
      {
        action: `${singleSignOnPath(center.id)}/${question}`,
        hidden: { ...place, ifMatch: etag },
        sections: [],
        submit: text(`console.singleSignOn.${question}`),
        cancel: addressOf(center.id, 'set-up', place),
        isDangerous: question !== 'enable',
      },
      problem && { ...problem, message: reasonsOf(problem) },
    ),
  };
}

/** The question has no fields: what is missing is said above it. */
function reasonsOf({ message, fields }: Problem): string {
  const reasons = Object.entries(fields).map(([name, reason]) => `${name} ${reason}`);
  return reasons.length > 0 ? reasons.join('; ') : message;
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
