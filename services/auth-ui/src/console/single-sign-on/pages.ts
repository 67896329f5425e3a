/** Builds the pages about settings of single sign-on, except for their set-up in steps: the list, the choice of a place, the form, the dry run. */
import type { SignOnRecord } from '@gatehouse/api-client/environment-api';
import type { SsoCheck } from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { rootLocation } from '@gatehouse/contracts/environment-api';
import { providerProtocols } from '@gatehouse/contracts/values';
import { breadcrumbsBelowTab, contactCenterHeader } from '../contact-centers/page-header.ts';
import { type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { withGroups } from '../form/pickers.ts';
import { trialButton } from '../form/routes.ts';
import { sectionsOf } from '../form/sections.ts';
import type { FormPage, ListPage } from '../shell/pages.ts';
import type { Form, Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type StepsPage, shownStep } from '../shell/steps.ts';
import { sectionsFor, shownOf } from './fields.ts';
import { addressOf, issuerIn, type Place, singleSignOnPath } from './places.ts';
import { type Preset, presetNames, presetOf, presets, unfilled } from './presets.ts';

export interface StoredPlace extends Place {
  record: SignOnRecord;
}

export function listPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  stored: readonly StoredPlace[],
): ListPage {
  const { text } = visit;
  const row = ({ protocol, location, record }: StoredPlace): Row => ({
    cells: [
      {
        text: text(`console.singleSignOn.${protocol}`),
        href: addressOf(center.id, 'set-up', { protocol, location }),
      },
      { text: location, isCode: true },
      { text: providerOf(visit, record) },
      { text: '', badge: stateOf(visit, record) },
    ],
  });
  return {
    ...contactCenterHeader(visit, center, 'singleSignOn'),
    lead: text('console.singleSignOn.lead'),
    actions: [
      { label: text('console.singleSignOn.add'), href: `${singleSignOnPath(center.id)}/add`, isMain: true },
    ],
    table: {
      caption: text('console.singleSignOn.title'),
      columns: [
        { label: text('console.singleSignOn.protocol') },
        { label: text('console.singleSignOn.location') },
        { label: text('console.singleSignOn.provider') },
        { label: text('console.singleSignOn.state') },
      ],
      rows: stored.map(row),
      empty: text('console.singleSignOn.empty'),
    },
  };
}

export function stateOf({ text }: ConsoleVisit, record: SignOnRecord | undefined) {
  return record?.enabled
    ? { text: text('console.singleSignOn.enabled'), kind: 'good' as const }
    : { text: text('console.singleSignOn.notEnabled'), kind: 'plain' as const };
}

/** Names the identity provider as the settings do. */
export function providerOf({ text }: ConsoleVisit, record: SignOnRecord): string {
  const { idpMetadataUrl, idpMetadataXml } = record;
  const unnamed = idpMetadataXml === undefined ? 'none' : 'pasted';
  return String(issuerIn(record) ?? idpMetadataUrl ?? text(`console.singleSignOn.provider.${unnamed}`));
}

const input = inputsBelow('console.singleSignOn');

export const addInputs: readonly Input[] = [
  input('protocol', 'choice', {
    options: optionsBelow('console.singleSignOn', providerProtocols),
    initial: 'saml',
    isRequired: true,
    appearance: { kind: 'choice' },
  }),
  input('location', 'text', {
    initial: rootLocation,
    isRequired: true,
    appearance: { isCode: true, maxLength: 256 },
  }),
];

/** A place is not stored before the settings are: this form only leads on. */
export function addPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  locations: readonly string[],
  typed: Typed = typedOf(addInputs),
): FormPage {
  const { text } = visit;
  const [section = { fields: [] }] = sectionsOf(visit, [{ inputs: addInputs }], typed);
  const fields = section.fields.map((field) =>
    field.name === 'location' ? { ...field, suggestions: locations } : field,
  );
  return {
    title: text('console.singleSignOn.add'),
    lead: text('console.singleSignOn.add.lead'),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'singleSignOn'),
    form: {
      action: `${singleSignOnPath(center.id)}/add`,
      sections: [{ ...section, fields }],
      submit: text('console.singleSignOn.next'),
      cancel: singleSignOnPath(center.id),
    },
  };
}

export function nameOf({ text }: ConsoleVisit, { protocol: name, location }: Place): string {
  const protocol = text(`console.singleSignOn.${name}`);
  return location === rootLocation
    ? text('console.singleSignOn.place.everywhere', { protocol })
    : text('console.singleSignOn.place.at', { protocol, location });
}

export function singleSignOnBreadcrumbs(visit: ConsoleVisit, center: ContactCenter, place: Place) {
  return [
    ...breadcrumbsBelowTab(visit, center, 'singleSignOn'),
    { label: nameOf(visit, place), href: addressOf(center.id, 'set-up', place) },
  ];
}

/** The settings of a place; none before the form is sent. */
export interface PlaceSettings {
  center: ContactCenter;
  place: Place;
  record: SignOnRecord | undefined;
  /** Of the people store; none where people are elsewhere. */
  groups: readonly string[];
  /** Fills the form before anything is stored. */
  preset?: Preset | undefined;
}

export function settingsPage(
  visit: ConsoleVisit,
  { center, place, record, groups, preset }: PlaceSettings,
  typed: Typed = { ...shownOf(place.protocol, record), ...presetOf(place.protocol, preset) },
): FormPage {
  const { text } = visit;
  const hasSecret = record?.['hasClientSecret'] === true;
  return {
    title: text('console.singleSignOn.settings.title'),
    lead: text('console.singleSignOn.settings.lead'),
    ...(record === undefined && {
      lead: presetLead(visit, place, preset),
      tabs: presetTabs(visit, center.id, place, preset),
    }),
    breadcrumbs: singleSignOnBreadcrumbs(visit, center, place),
    form: {
      action: `${singleSignOnPath(center.id)}/settings`,
      hidden: { ...place, ...(preset && { preset }) },
      isMultipart: true,
      sections: withGroups(groups, sectionsOf(visit, sectionsFor(place.protocol, { hasSecret }), typed)),
      submit: text('console.singleSignOn.save'),
      other: trialButton(visit),
      cancel: addressOf(center.id, 'set-up', place),
    },
  };
}

/** Before anything is stored: what the tabs are for, and what is left to be typed after the choice of one. */
function presetLead({ text }: ConsoleVisit, { protocol }: Place, preset: Preset | undefined): string {
  const { part } = unfilled(presetOf(protocol, preset)) ?? {};
  return [
    text('console.singleSignOn.preset.lead'),
    ...(part === undefined ? [] : [text('console.singleSignOn.preset.unfilled', { part })]),
    text('console.singleSignOn.settings.lead'),
  ].join(' ');
}

function presetTabs({ text }: ConsoleVisit, id: string, place: Place, current: Preset | undefined) {
  return [...presets, undefined].map((preset) => ({
    label: preset === undefined ? text('console.singleSignOn.preset.other') : presetNames[preset],
    href: addressOf(id, 'settings', place, preset),
    isCurrent: preset === current,
  }));
}

/** A form and no link: a dry run connects to the identity provider. */
export function checkForm({ text }: ConsoleVisit, id: string, place: Place, userName = ''): Form {
  return {
    action: `${singleSignOnPath(id)}/check`,
    hidden: { ...place },
    sections: [
      {
        fields: [
          {
            name: 'userName',
            label: text('console.singleSignOn.check.user'),
            hint: text('console.singleSignOn.check.user.hint'),
            kind: 'text',
            value: userName,
            maxLength: 255,
          },
        ],
      },
    ],
    submit: text('console.singleSignOn.check.run'),
  };
}

/** The steps of one place; undefined: Auth API of the release before looks at its own location. */
function checkedOf(visit: ConsoleVisit, place: Place, { protocols }: SsoCheck) {
  const own = protocols.find(
    ({ protocol, location }) => protocol === place.protocol && location === place.location,
  );
  const outcome = own?.ok === true ? ('good' as const) : ('bad' as const);
  const steps = own?.steps.map(({ step, ...rest }) =>
    shownStep(visit, 'console.singleSignOn.step', { name: step, ...rest }),
  );
  return {
    title: visit.text('console.singleSignOn.check.title'),
    outcome,
    verdict: visit.text(`console.singleSignOn.check.${own === undefined ? 'notHere' : outcome}`),
    groups: steps ? [{ title: nameOf(visit, place), note: '', steps }] : [],
  };
}

export function checkPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  place: Place,
  check: SsoCheck,
  userName: string,
): StepsPage {
  return {
    ...checkedOf(visit, place, check),
    breadcrumbs: singleSignOnBreadcrumbs(visit, center, place),
    // The page of the four steps, of which the next one follows.
    actions: [{ label: visit.text('button.back'), href: addressOf(center.id, 'set-up', place) }],
    form: checkForm(visit, center.id, place, userName),
  };
}

/** Of what the form would store. */
export const trialPage = (visit: ConsoleVisit, place: Place, check: SsoCheck): StepsPage => ({
  ...checkedOf(visit, place, check),
  lead: visit.text('console.form.trial.lead'),
});
