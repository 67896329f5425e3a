/** Builds the pages about receivers of signals: the list, the page about one, and the confirmations. */
import type { SignalReceiverView } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { signalReceiver } from '@gatehouse/contracts/resources';
import { formatsIn } from '../../texts/formats.ts';
import { isTextKey } from '../../texts/texts.ts';
import { describedColumns } from '../form/described.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import type { Column } from '../shell/lists.ts';
import type { ConfirmPage, FactsPage } from '../shell/pages.ts';
import type { Cell, Fact } from '../shell/parts.ts';
import { breadcrumbsBelowList, type Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const signalReceiversPath = `${consolePath}/signal-receivers`;
export const receiverPath = (id: string) => `${signalReceiversPath}/one/${encodeURIComponent(id)}`;

export const signalReceivers: Resource = {
  path: signalReceiversPath,
  title: 'console.signalReceivers.title',
  lead: 'console.signalReceivers.lead',
  empty: 'console.signalReceivers.empty',
};

/** Names of contact centres by id. */
type Names = ReadonlyMap<string, string>;

interface Listed {
  all: readonly SignalReceiverView[];
  names: Names;
}

/** A page names so many contact centres of a receiver, and counts the others. */
export const maxNamed = 3;

export const columns = (visit: ConsoleVisit, { names }: Listed): Column<SignalReceiverView>[] =>
  describedColumns<SignalReceiverView>(visit, signalReceiver, [], {
    endpoint: ({ id, endpoint }) => ({ text: endpoint, href: receiverPath(id), isCode: true }),
    events: (receiver) => ({ text: eventsOf(visit, receiver) }),
    contactCenterIds: (receiver) => centersOf(visit, receiver, names),
  });

/** One that a newer release knows is shown as it is. */
function eventsOf({ text }: ConsoleVisit, { events }: SignalReceiverView): string {
  const words = events.map((event) => {
    const key = `console.signalReceivers.event.${event}`;
    return isTextKey(key) ? text(key) : event;
  });
  return words.join(' · ');
}

function centersOf(
  { text, language }: ConsoleVisit,
  { contactCenterIds: ids }: SignalReceiverView,
  names: Names,
): Cell {
  if (ids.length === 0) return { text: text('console.clients.contactCenters.all') };
  const shown = ids.slice(0, maxNamed).map((id) => names.get(id) ?? id);
  const more = ids.length - shown.length;
  return {
    text: formatsIn(language).words(shown),
    note: more > 0 ? text('console.contactCenters.domains.more', { count: more }) : undefined,
  };
}

/** The host tells most receivers apart, and is short enough for a title. */
const nameOf = ({ endpoint }: SignalReceiverView) => URL.parse(endpoint)?.host ?? endpoint;

export function receiverPage(visit: ConsoleVisit, receiver: SignalReceiverView, names: Names): FactsPage {
  const { text } = visit;
  const { id, hasBearerToken, createdAt, updatedAt } = receiver;
  const { text: centers, note } = centersOf(visit, receiver, names);
  const path = receiverPath(id);
  return {
    title: nameOf(receiver),
    breadcrumbs: breadcrumbsBelowList(visit, signalReceivers),
    actions: [
      { label: text('console.signalReceivers.delete'), href: `${path}/delete`, isEnding: true },
      { label: text('console.signalReceivers.test'), href: `${path}/test` },
      { label: text('console.signalReceivers.change'), href: `${path}/change`, isMain: true },
    ],
    facts: [
      ...placeFacts(visit, receiver),
      { label: text('field.signalReceiver.events'), value: eventsOf(visit, receiver) },
      {
        label: text('field.signalReceiver.contactCenterIds'),
        value: note === undefined ? centers : `${centers} ${note}`,
      },
      {
        label: text('field.signalReceiver.bearerToken'),
        value: text(
          hasBearerToken ? 'console.signalReceivers.token.stored' : 'console.signalReceivers.token.none',
        ),
      },
      { label: text('console.signalReceivers.id'), value: id, isCode: true },
      {
        label: text('console.contactCenters.created'),
        value: text('console.at', { at: new Date(createdAt) }),
      },
      {
        label: text('console.contactCenters.changed'),
        value: text('console.at', { at: new Date(updatedAt) }),
      },
    ],
  };
}

const placeFacts = ({ text }: ConsoleVisit, { endpoint, audience }: SignalReceiverView): Fact[] => [
  { label: text('field.signalReceiver.endpoint'), value: endpoint, isCode: true },
  { label: text('field.signalReceiver.audience'), value: audience, isCode: true },
];

/** The breadcrumbs of a page below one receiver. */
export const receiverBreadcrumbs = (visit: ConsoleVisit, receiver: SignalReceiverView) => [
  ...breadcrumbsBelowList(visit, signalReceivers),
  { label: nameOf(receiver), href: receiverPath(receiver.id) },
];

export const stepPage = (
  visit: ConsoleVisit,
  receiver: SignalReceiverView,
  step: 'test' | 'delete',
): ConfirmPage =>
  confirmationOf(visit, {
    key: `console.signalReceivers.${step}`,
    breadcrumbs: receiverBreadcrumbs(visit, receiver),
    facts: placeFacts(visit, receiver),
    action: `${receiverPath(receiver.id)}/${step}`,
    cancel: receiverPath(receiver.id),
    isDangerous: step === 'delete',
  });
