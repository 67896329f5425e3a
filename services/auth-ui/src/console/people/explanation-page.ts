/** Builds the picture of why a person can or cannot sign in: each thing that was looked at, and the last refusals. */
import type { Finding } from '@gatehouse/contracts/answers';
import type { PersonProfile, SignInCause, SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { requestHref } from '../audit/tabs.ts';
import { eventOf, reasonIn } from '../audit/words.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { Cell, Form } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type StepsPage, shownStep } from '../shell/steps.ts';
import { addressOf, nameOf, type Steps } from './names.ts';
import { breadcrumbsBelowPerson, stepsOf } from './person-page.ts';

const outcomes = { allowed: 'good', restricted: 'warning', unknown: 'warning', refused: 'bad' } as const;

/** `named`: the findings, with the names of what they are about. */
export function explanationPage(
  visit: ConsoleVisit,
  profile: PersonProfile,
  { user, verdict, reason, findings, refusals }: SignInExplanation,
  named: readonly Finding[],
  correlationId: string,
): StepsPage {
  const { text } = visit;
  return {
    title: text('console.people.explanation.title', { user: user.userName }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    actions: [
      ...remediesOf(visit, profile, reason),
      ...diagnosisOf(
        visit,
        findings.find((finding) => finding.reason === reason),
      ),
    ],
    outcome: outcomes[verdict],
    verdict: headlineOf(visit, verdict, reason),
    groups: [
      {
        title: text('console.people.explanation.now'),
        note: '',
        steps: named.map((finding) => shownStep(visit, 'console.people.step', finding)),
      },
    ],
    form: requestForm(visit, profile, correlationId),
    history: {
      title: text('console.people.refusals'),
      table: {
        caption: text('console.people.refusals'),
        columns: [
          { label: text('console.people.refusal.at') },
          { label: text('console.people.refusal.reason') },
          { label: text('console.people.refusal.from') },
          { label: text('console.people.refusal.reference') },
        ],
        empty: text('console.people.refusals.empty'),
        rows: refusals.map(({ at, name, reason, detail, clientAddress, clientId, correlationId }) => ({
          cells: [
            { text: text('console.at', { at: new Date(at) }) },
            refusalCell(visit, name, reason, detail),
            { text: clientId ?? '', note: clientAddress },
            { text: correlationId, isCode: true, href: requestHref(correlationId) },
          ],
        })),
      },
    },
  };
}

/** The own words of an event stand below its name. */
function refusalCell(visit: ConsoleVisit, name: string, reason?: string, detail?: string): Cell {
  const words = reason && reasonIn(visit.text, reason);
  const raw = words === undefined ? [reason, detail] : [detail];
  return { text: words || eventOf(visit, name), note: raw.filter(Boolean).join(' · ') };
}

/** The page once more, with the request that an error page was about. */
function requestForm({ text }: ConsoleVisit, profile: PersonProfile, correlationId: string): Form {
  const [action, query = ''] = addressOf('explanation', nameOf(profile)).split('?');
  return {
    action: action ?? '',
    isRead: true,
    hidden: Object.fromEntries(new URLSearchParams(query)),
    sections: [
      {
        title: text('console.people.explanation.request'),
        text: text('console.people.explanation.request.lead'),
        fields: [
          {
            name: 'correlationId',
            label: text('console.people.refusal.reference'),
            kind: 'text',
            value: correlationId,
            isRequired: true,
            isCode: true,
            maxLength: 512,
          },
        ],
      },
    ],
    submit: text('console.people.explanation.request.look'),
  };
}

/** Most applications serve several contact centres: their diagnosis is for administrators of the installation. */
function diagnosisOf({ text, rights }: ConsoleVisit, decisive: Finding | undefined) {
  const [clientId] = decisive?.sentences?.flatMap(({ parameters }) => parameters['clientId'] ?? []) ?? [];
  if (clientId === undefined || !(rights.installation || decisive?.reason === 'request_refused')) return [];
  const href = `${consolePath}/clients/one/${encodeURIComponent(String(clientId))}/diagnosis`;
  return [{ label: text('console.clients.diagnosis'), href, isMain: true }];
}

function headlineOf(
  { text }: ConsoleVisit,
  verdict: SignInExplanation['verdict'],
  reason: SignInCause | undefined,
): string {
  if (reason !== undefined) return text(`console.people.cause.${reason}`);
  return text(
    verdict === 'allowed' ? 'console.people.explanation.good' : 'console.people.explanation.unknown',
  );
}

/** The step that ends a cause. */
const remedies: Partial<Record<SignInCause, Steps>> = {
  delayed: 'unlock',
  delayed_elsewhere: 'unlock',
  no_password: 'password-link',
  password_link_open: 'password-link',
  person_disabled: 'enable',
};

/** The causes that lie at the contact centre: its page has the form, or leads to the environment. */
const ofContactCenter: readonly SignInCause[] = [
  'contact_center_disabled',
  'environment_missing',
  'no_servers',
  'directory_away',
  'provider_refused',
];

/** Where this administrator can take it. */
function remediesOf({ text }: ConsoleVisit, profile: PersonProfile, reason: SignInCause | undefined) {
  if (reason === undefined) return [];
  if (ofContactCenter.includes(reason))
    return [
      {
        label: text('console.people.contactCenter'),
        href: contactCenterPath(profile.contactCenterId),
        isMain: true,
      },
    ];
  return stepsOf(profile)
    .filter(({ step }) => step === remedies[reason])
    .map(({ step, key }) => ({
      label: text(`console.people.${key}`),
      href: addressOf(step, nameOf(profile)),
      isMain: true,
    }));
}
