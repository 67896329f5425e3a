/** Builds the picture of why a person can or cannot sign in: each thing that was looked at, and the last refusals. */
import type { Finding } from '@gatehouse/contracts/answers';
import {
  headlineOf,
  type PersonName,
  type PersonProfile,
  type SignInExplanation,
} from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { requestHref } from '../audit/tabs.ts';
import { eventOf } from '../audit/words.ts';
import { type Cell, type Form, withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import { reasonIn } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type StepsPage, shownStep } from '../shell/steps.ts';
import { addressOf } from './names.ts';
import { breadcrumbsBelowPerson, personBreadcrumbs } from './person-page.ts';
import { remedyOf } from './remedies.ts';

const outcomes = { allowed: 'good', restricted: 'warning', unknown: 'warning', refused: 'bad' } as const;

interface Explained {
  explanation: SignInExplanation;
  /** The findings, with the names of what they are about. */
  findings: readonly Finding[];
  /** Of clients, by id. */
  clients: ReadonlyMap<string, string>;
  /** Undefined where nobody is known by the name, or the directory cannot be asked. */
  profile: PersonProfile | undefined;
  center: Pick<ContactCenter, 'environmentId'>;
  correlationId: string;
  /** Of the application that the person signs in to; empty: of any. */
  client: string;
  /** Says what is wrong with this client. */
  problem: Problem | undefined;
}

export function explanationPage(
  visit: ConsoleVisit,
  { explanation, findings, clients, profile, center, correlationId, client, problem }: Explained,
): StepsPage {
  const { text } = visit;
  const { user, refusals } = explanation;
  const named = { user: user.userName, contactCenter: user.contactCenterId };
  const form = againForm(visit, named, { correlationId, client });
  return {
    title: text('console.people.explanation.title', { user: user.userName }),
    breadcrumbs:
      profile === undefined ? personBreadcrumbs(visit, user) : breadcrumbsBelowPerson(visit, profile),
    ...remedyOf(visit, { ...explanation, named, environmentId: center.environmentId }),
    outcome: outcomes[explanation.verdict],
    verdict: text(`sentence.${headlineOf(explanation)}`),
    groups: [
      {
        title: text('console.people.explanation.now'),
        note: '',
        steps: findings.map((finding) => shownStep(visit, 'console.people.step', finding)),
      },
    ],
    form: problem === undefined ? form : withProblem(form, problem),
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
            { text: (clientId && clients.get(clientId)) ?? clientId ?? '', note: clientAddress },
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

/** The page once more, with the request that an error page was about, or an application. */
function againForm(
  { text }: ConsoleVisit,
  named: PersonName,
  { correlationId, client }: Pick<Explained, 'correlationId' | 'client'>,
): Form {
  const [action, query = ''] = addressOf('explanation', named).split('?');
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
            isCode: true,
            maxLength: 512,
          },
        ],
      },
      {
        title: text('console.people.explanation.client'),
        text: text('console.people.explanation.client.lead'),
        fields: [
          {
            name: 'client',
            label: text('field.client.client_id'),
            kind: 'text',
            value: client,
            isCode: true,
            maxLength: 512,
          },
        ],
      },
    ],
    submit: text('console.people.explanation.request.look'),
  };
}
