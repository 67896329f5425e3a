/** Builds the tab of second factors: who has which, whom the policy keeps out, and the question before it becomes stricter. */
import type {
  FactorCounts,
  FactorOutlook,
  FactorPreview,
  FactorVerdict,
} from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import type { Message } from '../../pages/message.ts';
import { formatsIn } from '../../texts/formats.ts';
import type { Typed } from '../form/inputs.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import { confirmedOf } from '../shell/managed.ts';
import type { ConfirmPage, FactPartsPage } from '../shell/pages.ts';
import type { Fact } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { breadcrumbsBelowTab, contactCenterHeader } from './page-header.ts';
import { policyFacts, secondFactorPath } from './second-factor-form.ts';

const below = 'console.contactCenters.secondFactor';

export function secondFactorPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  counts: FactorCounts,
): FactPartsPage {
  const { text } = visit;
  const { people, since, now, areRolesKnown } = counts;
  const { everybody, roles, enrolmentEndsAt } = now;
  return {
    ...contactCenterHeader(visit, center, 'secondFactor'),
    lead: text(`${below}.text`),
    message: rolesOfNobody(visit, now),
    actions: [
      {
        label: text(`${below}.change`),
        href: `${secondFactorPath(center.id)}/edit`,
        isMain: true,
      },
    ],
    parts: [
      {
        title: text(`${below}.standing`),
        text: text(`${below}.level.${everybody.level}`),
        facts: outlookFacts(visit, everybody, enrolmentEndsAt),
      },
      ...roles.map((one) => ({
        title: text(`${below}.roles`, { roles: formatsIn(visit.language).words(one.roles) }),
        text: `${text(levelOfRoles(one))} ${text(`${below}.roles.${areRolesKnown ? 'known' : 'text'}`)}`,
        facts: outlookFacts(visit, one, enrolmentEndsAt),
      })),
      {
        title: text(`${below}.held`),
        text: text(`${below}.held.text`, { people, since: new Date(since) }),
        facts: heldFacts(visit, counts),
      },
      { title: text(`${below}.policy`), facts: policyFacts(visit, center) },
    ],
  };
}

/** No role needs less than a second factor. */
const levelOfRoles = ({ level }: FactorOutlook) =>
  level === 'phishingResistant'
    ? (`${below}.roles.level.phishingResistant` as const)
    : (`${below}.roles.level.secondFactor` as const);

/** A typing error would protect nobody. */
function rolesOfNobody(
  { text, language }: ConsoleVisit,
  { rolesOfNobody: names = [] }: FactorVerdict,
): Message | undefined {
  if (names.length === 0) return undefined;
  const roles = formatsIn(language).words(names);
  return {
    kind: 'warning',
    title: text(`${below}.nobody.title`, { roles }),
    text: text(`${below}.nobody.text`),
  };
}

function heldFacts({ text }: ConsoleVisit, { held }: FactorCounts): Fact[] {
  const kinds = [
    'passkeys',
    'devicePasskeys',
    'totp',
    'recoveryCodes',
    'rememberedDevices',
    'none',
  ] as const satisfies readonly (keyof FactorCounts['held'])[];
  return kinds.map((kind) => ({
    label: text(`${below}.held.${kind}`),
    value: text('console.contactCenters.ends.count', { count: held[kind] }),
  }));
}

function outlookFacts(
  visit: ConsoleVisit,
  { ready, byProvider, mustAdd, inGrace, lockedOut }: FactorOutlook,
  enrolmentEndsAt: string | undefined,
): Fact[] {
  const { text } = visit;
  const count = (of: number) => text('console.contactCenters.ends.count', { count: of });
  return [
    { label: text(`${below}.ready`), value: count(ready) },
    { label: text(`${below}.byProvider`), value: count(byProvider) },
    { label: text(`${below}.mustAdd`), value: count(mustAdd) },
    ...(enrolmentEndsAt === undefined
      ? []
      : [
          {
            label: text(`${below}.inGrace`, { until: new Date(enrolmentEndsAt) }),
            value: named(visit, inGrace),
          },
        ]),
    { label: text(`${below}.lockedOut`), value: named(visit, lockedOut) },
  ];
}

/** How many, and the names of the first. */
function named({ text, language }: ConsoleVisit, { count, names }: FactorOutlook['lockedOut']): string {
  const said = text('console.contactCenters.ends.count', { count });
  if (names.length === 0) return said;
  const rest = count > names.length ? ['…'] : [];
  return `${said}: ${formatsIn(language).words([...names, ...rest])}`;
}

/** Whether the people of the contact centre notice the change in a way that its administrator must know. */
export const needsQuestion = ({ isStricter, newlyInGrace, newlyLockedOut }: FactorPreview): boolean =>
  isStricter || newlyInGrace.count > 0 || newlyLockedOut.count > 0;

/** Has what was typed, so that the answer saves it. */
export function stricterPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  { preview, typed }: { preview: FactorPreview; typed: Typed },
): ConfirmPage {
  const { text } = visit;
  const { after, newlyInGrace, newlyLockedOut, areRolesKnown } = preview;
  const { everybody, roles, enrolmentEndsAt } = after;
  const path = secondFactorPath(center.id);
  const sent = Object.entries(typed).filter(([name]) => name.startsWith('secondFactor.'));
  const until = enrolmentEndsAt === undefined ? undefined : new Date(enrolmentEndsAt);
  const page = confirmationOf(visit, {
    key: `${below}.stricter`,
    named: { name: center.name },
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'secondFactor'),
    facts: [
      { label: text(`${below}.newlyLockedOut`), value: named(visit, newlyLockedOut) },
      ...(until === undefined
        ? []
        : [{ label: text(`${below}.newlyInGrace`, { until }), value: named(visit, newlyInGrace) }]),
      {
        label: text(`${below}.mustAdd`),
        value: text('console.contactCenters.ends.count', { count: everybody.mustAdd }),
      },
      ...roles.map((one) => ({
        label: text(`${below}.roles.${areRolesKnown ? 'exact' : 'most'}`, {
          roles: formatsIn(visit.language).words(one.roles),
        }),
        value: named(visit, { ...one.lockedOut, count: one.lockedOut.count + one.inGrace.count }),
      })),
    ],
    action: `${path}/edit`,
    hidden: {
      ...Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
      ifMatch: String(typed['ifMatch'] ?? ''),
      isConfirmed: 'true',
      ...confirmedOf(typed),
    },
    cancel: path,
    isDangerous: true,
  });
  return { ...page, message: rolesOfNobody(visit, after) };
}
