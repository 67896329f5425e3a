/** Builds the pages about the second factors of a person: the list, and the questions before they are reset or the person is invited. */
import type {
  FactorInvitation,
  FactorsOfPerson,
  HeldFactor,
  PersonProfile,
} from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { deviceText } from '../../pages/device.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage, ShownOncePage, TablesPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, nameOf, peoplePath } from './names.ts';
import { breadcrumbsBelowPerson } from './person-page.ts';

export function factorsPage(visit: ConsoleVisit, profile: PersonProfile, held: FactorsOfPerson): TablesPage {
  const { text } = visit;
  const named = nameOf(profile);
  const { factors, devices, recoveryCodes } = held;
  const at = (time: string) => text('console.at', { at: new Date(time) });
  const hasLasting = factors.length > 0;
  return {
    title: text('console.people.factors.title', { user: profile.person.userName }),
    lead: text('console.people.factors.lead', { count: String(recoveryCodes) }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    actions: [
      hasLasting
        ? {
            label: text('console.people.resetFactors'),
            href: addressOf('reset-factors', named),
            isEnding: true,
          }
        : { label: text('console.people.inviteFactor'), href: addressOf('invite', named), isMain: true },
    ],
    parts: [
      {
        table: {
          caption: text('console.people.factors'),
          columns: [
            { label: text('console.people.factors.name') },
            { label: text('console.people.factors.made') },
            { label: text('console.people.factors.used') },
          ],
          rows: factors.map((factor) => ({
            cells: [
              { text: factor.name, note: kindOf(visit, factor), badge: warningOf(visit, factor) },
              { text: at(factor.madeAt) },
              {
                text: factor.usedAt === undefined ? text('console.people.factors.never') : at(factor.usedAt),
              },
            ],
          })),
          empty: text('console.people.factors.empty'),
        },
      },
      {
        title: text('console.people.browsers'),
        table: {
          caption: text('console.people.browsers'),
          columns: [
            { label: text('console.people.session.device') },
            { label: text('console.people.browsers.since') },
            { label: text('console.people.browsers.until') },
          ],
          rows: devices.map(({ id, userAgent, grantedAt, endsAt }) => ({
            cells: [{ text: deviceText(text, userAgent) }, { text: at(grantedAt) }, { text: at(endsAt) }],
            actions: [
              {
                label: text('console.people.forgetBrowsers'),
                href: addressOf('forget-browsers', named, { device: id }),
                describes: at(grantedAt),
                isEnding: true,
              },
            ],
          })),
          empty: text('console.people.browsers.empty'),
        },
      },
    ],
  };
}

function kindOf({ text }: ConsoleVisit, { kind, synced }: HeldFactor): string {
  const name = text(`console.people.factors.${kind}`);
  if (synced === undefined) return name;
  return `${name} · ${text(synced ? 'console.people.factors.synced' : 'console.people.factors.oneDevice')}`;
}

const warningOf = ({ text }: ConsoleVisit, { cloneSuspected }: HeldFactor) =>
  cloneSuspected ? ({ text: text('console.people.factors.copied'), kind: 'bad' } as const) : undefined;

const orders = {
  'reset-factors': { key: 'resetFactors', isDangerous: true },
  invite: { key: 'inviteFactor', isDangerous: false },
} as const;

/** Asks for the reason. */
export function factorOrderPage(
  visit: ConsoleVisit,
  order: keyof typeof orders,
  profile: PersonProfile,
  reason: string,
): ConfirmPage {
  const { text } = visit;
  const { key, isDangerous } = orders[order];
  const named = nameOf(profile);
  return confirmationOf(visit, {
    key: `console.people.${key}`,
    named: { user: profile.person.userName },
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    action: `${peoplePath}/${order}`,
    hidden: definedOnly(named),
    sections: [
      {
        fields: [
          {
            name: 'reason',
            label: text('console.people.factors.reason'),
            hint: text('console.people.factors.reason.hint'),
            kind: 'text',
            value: reason,
            isRequired: true,
            maxLength: 256,
          },
        ],
      },
    ],
    cancel: addressOf('factors', named),
    isDangerous,
  });
}

export function invitationPage(
  visit: ConsoleVisit,
  profile: PersonProfile,
  { code, endsAt }: FactorInvitation,
): ShownOncePage {
  const { text } = visit;
  return {
    title: text('console.people.inviteFactor.made', { user: profile.person.userName }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    values: [{ label: text('console.people.inviteFactor.code'), value: code }],
    warning: text('console.people.inviteFactor.warning', { at: new Date(endsAt) }),
    next: { label: text('console.people.back'), href: addressOf('person', nameOf(profile)) },
  };
}
