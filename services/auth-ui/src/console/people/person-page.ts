/** Builds the page about one person: what is known, what may be done, and the sessions. */
import type { PersonProfile } from '@gatehouse/contracts/auth-administration';
import { consolePath, type SessionView } from '@gatehouse/contracts/auth-api';
import type { StoredPerson } from '@gatehouse/contracts/environment-administration';
import { isOwnDirectory } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { deviceText } from '../../pages/device.ts';
import { formatsIn } from '../../texts/formats.ts';
import { auditPath } from '../audit/tabs.ts';
import type { ConsolePage } from '../shell/pages.ts';
import { type Fact, factOf, type Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { stateOf } from './list-pages.ts';
import { addressOf, auditAddress, centerAddress, loginOf, nameOf, peoplePath, type Steps } from './names.ts';

export type HeldSession = Omit<SessionView, 'current'>;

export interface PersonPage extends ConsolePage {
  facts: Fact[];
  badge: { text: string; kind: string };
  limits: string[];
  sessions: { title: string; lead: string; table: Table | undefined; end?: { href: string; label: string } };
}

/** `sessions`: undefined where they are not for this administrator. `stored`: of the people store. */
export function personPage(
  visit: ConsoleVisit,
  profile: PersonProfile,
  sessions: readonly HeldSession[] | undefined,
  stored?: StoredPerson,
): PersonPage {
  const { text } = visit;
  const { person, source } = profile;
  const badge = stateOf(text, person);
  return {
    title: person.name ?? person.userName,
    breadcrumbs: personBreadcrumbs(visit, profile),
    badge,
    facts: [
      ...factOf(text('console.people.userName'), person.userName, true),
      ...factOf(text('console.people.email'), person.email),
      ...storedFacts(visit, stored),
      ...factOf(text('console.people.source'), text(`console.people.source.${source}`)),
      ...factOf(text('console.people.number'), person.number?.toString(), true),
      ...factOf(text('console.people.sub'), person.sub, true),
      ...factOf(
        text('console.people.lastSignIn'),
        profile.lastSignInAt === undefined
          ? text('console.people.lastSignIn.none')
          : text('console.at', { at: new Date(profile.lastSignInAt) }),
      ),
      ...factOf(text('console.people.wrongPasswords'), wrongPasswordsOf(visit, profile)),
    ],
    actions: [
      {
        label: text('console.people.explain'),
        href: addressOf('explanation', nameOf(profile)),
        isMain: true,
      },
    ],
    menu: menuOf(visit, profile),
    // Elsewhere the source's own tools disable people and set their passwords.
    limits: isOwnDirectory(source) ? [] : [text(`console.people.limits.${source}`)],
    sessions: sessionsOf(visit, profile, sessions),
  };
}

function menuOf({ text, rights }: ConsoleVisit, profile: PersonProfile): Required<ConsolePage>['menu'] {
  return {
    label: text('console.people.steps'),
    links: [
      ...stepsOf(profile)
        .filter(({ step }) => step !== 'explanation')
        .map(({ step, key }) => ({
          href: addressOf(step, nameOf(profile)),
          label: text(`console.people.${key}`),
          text: text(`console.people.${key}.what`),
          isEnding: step === 'disable' || step === 'delete',
        })),
      {
        href: addressOf('factors', nameOf(profile)),
        label: text('console.people.factors'),
        text: text('console.people.factors.what'),
      },
      ...(profile.person.id === undefined
        ? []
        : [
            {
              href: addressOf('links', nameOf(profile)),
              label: text('console.people.links'),
              text: text('console.people.links.what'),
            },
          ]),
      {
        href: eraseAddress(profile),
        label: text('console.people.erase'),
        text: text('console.people.erase.what'),
        isEnding: true,
      },
      {
        href: trailOf(profile),
        label: text('console.people.audit'),
        text: text('console.people.audit.what'),
      },
      ...(rights.installation
        ? [
            {
              href: appointAddress(profile),
              label: text('console.people.appoint'),
              text: text('console.people.appoint.what'),
            },
          ]
        : []),
    ],
  };
}

/** The facts that the people store alone knows. */
function wrongPasswordsOf(
  { text, language }: ConsoleVisit,
  { wrongPasswords, waitSeconds }: PersonProfile,
): string {
  const remembered = text('console.people.wrongPasswords.remembered', { count: wrongPasswords });
  if (waitSeconds === 0) return remembered;
  const wait = formatsIn(language).duration(waitSeconds * 1000);
  return text('console.people.wrongPasswords.wait', { remembered, wait });
}

function storedFacts({ text, language }: ConsoleVisit, stored: StoredPerson | undefined): Fact[] {
  if (stored === undefined) return [];
  const { groups, employeeId, externalId, hasPassword } = stored;
  return [
    ...factOf(text('field.person.groups'), formatsIn(language).words(groups)),
    {
      label: text('console.people.password'),
      value: text(hasPassword ? 'console.people.password.chosen' : 'console.people.password.none'),
    },
    ...factOf(text('field.person.employeeId'), employeeId, true),
    ...factOf(text('field.person.externalId'), externalId, true),
  ];
}

/** The breadcrumbs of the page about a person. */
export function personBreadcrumbs(
  { text, rights }: ConsoleVisit,
  { contactCenterId }: Pick<PersonProfile, 'contactCenterId'>,
) {
  const list = { label: text('console.people.title'), href: centerAddress(contactCenterId) };
  return rights.installation
    ? [{ label: text('console.people.choose.title'), href: peoplePath }, list]
    : [list];
}

export function breadcrumbsBelowPerson(visit: ConsoleVisit, profile: PersonProfile) {
  const { userName, name = userName } = profile.person;
  return [...personBreadcrumbs(visit, profile), { label: name, href: addressOf('person', nameOf(profile)) }];
}

type Offer = {
  step: Steps;
  key: 'explain' | 'unlock' | 'passwordLink' | 'change' | 'enable' | 'disable' | 'delete';
};

/** The steps that this administrator can take now. */
export function stepsOf({
  person,
  canUnlock,
  canDisable,
  canLinkPassword,
  wrongPasswords,
}: PersonProfile): Offer[] {
  const isDisabled = person.state === 'disabled';
  return [
    { step: 'explanation', key: 'explain' },
    ...(canUnlock && wrongPasswords > 0 ? [{ step: 'unlock', key: 'unlock' } as const] : []),
    ...(canLinkPassword && !isDisabled ? [{ step: 'password-link', key: 'passwordLink' } as const] : []),
    ...(canDisable
      ? [
          { step: 'change', key: 'change' } as const,
          isDisabled
            ? ({ step: 'enable', key: 'enable' } as const)
            : ({ step: 'disable', key: 'disable' } as const),
          { step: 'delete', key: 'delete' } as const,
        ]
      : []),
  ];
}

const eraseAddress = (profile: PersonProfile) =>
  addressOf('erase', nameOf(profile), definedOnly({ number: profile.person.number?.toString() }));

/** A source of people of its own keeps what it changes: the audit has the events alone. */
function trailOf({ person, contactCenterId }: PersonProfile): string {
  return person.id === undefined
    ? `${auditPath}?${new URLSearchParams({ user: loginOf(contactCenterId, person.userName) })}`
    : auditAddress(contactCenterId, person.id);
}

/** The form that makes the person an administrator of the installation, with the name filled in. */
function appointAddress({ person, contactCenterId }: PersonProfile): string {
  const named = { user: person.userName, contactCenter: contactCenterId };
  return `${consolePath}/administrators/add?${new URLSearchParams(named)}`;
}

function sessionsOf(
  { text }: ConsoleVisit,
  profile: PersonProfile,
  sessions: readonly HeldSession[] | undefined,
): PersonPage['sessions'] {
  const title = text('console.people.sessions');
  if (sessions === undefined)
    return { title, lead: text('console.people.sessions.elsewhere'), table: undefined };
  const named = nameOf(profile);
  const at = (time: string) => text('console.at', { at: new Date(time) });
  return {
    title,
    lead: text('console.people.sessions.lead'),
    // Tokens can outlive a session, so they are ended where no session is left, too.
    ...(profile.person.sub === undefined
      ? {}
      : { end: { href: addressOf('end-sessions', named), label: text('console.people.endSessions') } }),
    table: {
      caption: title,
      columns: [
        { label: text('console.people.session.device') },
        { label: text('console.people.session.began') },
        { label: text('console.people.session.seen') },
        { label: text('console.people.session.applications') },
      ],
      empty: text('console.people.sessions.empty'),
      rows: sessions.map(
        ({ id, createdAt, lastSeenAt, userAgent, clientAddress, remembered, applications }) => ({
          cells: [
            {
              text: deviceText(text, userAgent),
              note: clientAddress,
              badge: remembered
                ? { text: text('console.people.session.remembered'), kind: 'plain' }
                : undefined,
            },
            { text: at(createdAt) },
            { text: at(lastSeenAt) },
            { text: applications.join(', ') },
          ],
          actions: [
            {
              label: text('console.people.endSession'),
              href: addressOf('end-session', named, { session: id }),
              describes: at(createdAt),
              isEnding: true,
            },
          ],
        }),
      ),
    },
  };
}
