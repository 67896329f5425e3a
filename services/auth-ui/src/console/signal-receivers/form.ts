/** Builds the form of a receiver of signals, for a new one and for a change, and reads what was typed. */
import type { SignalReceiverView } from '@gatehouse/contracts/auth-administration';
import {
  type NewSignalReceiver,
  type SignalReceiverChange,
  signalReceiver,
} from '@gatehouse/contracts/resources';
import { describedInputs } from '../form/described.ts';
import {
  bodyOf,
  type Input,
  inputsBelow,
  optionsBelow,
  type Typed,
  textAt,
  typedOf,
} from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { centersTyped } from '../shell/names/contact-centers.ts';
import type { FormPage } from '../shell/pages.ts';
import type { Problem } from '../shell/problem.ts';
import { breadcrumbsBelowList } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { receiverBreadcrumbs, receiverPath, signalReceivers, signalReceiversPath } from './pages.ts';

const removal = inputsBelow('console.signalReceivers')('token.remove', 'flag');

const inputsFor = (receiver?: SignalReceiverView): Input[] =>
  describedInputs(signalReceiver, { isNew: receiver === undefined }).flatMap((input) =>
    typedAs(input, receiver?.hasBearerToken === true),
  );

/** Where the console has more to say about a field than its description. */
function typedAs(input: Input, hasToken: boolean): Input[] {
  const { path, appearance, options = [] } = input;
  if (path === 'endpoint') return [{ ...input, appearance: { ...appearance, kind: 'url', isCode: true } }];
  if (path === 'events')
    return [
      {
        ...input,
        options: optionsBelow(
          'console.signalReceivers.event',
          options.map(({ value }) => value),
        ),
      },
    ];
  if (path !== 'bearerToken') return [input];
  // A stored one is never shown, so it is taken away by a box of its own.
  return hasToken ? [{ ...input, hint: 'console.signalReceivers.token.kept' }, removal] : [input];
}

export const newReceiverOf = (visit: ConsoleVisit, typed: Typed) =>
  withIds(visit, bodyOf<NewSignalReceiver>(visit, inputsFor(), typed), []);

export async function changeOf(
  visit: ConsoleVisit,
  typed: Typed,
  receiver: SignalReceiverView,
): Promise<SignalReceiverChange> {
  const { token, ...body } = bodyOf<SignalReceiverChange & { token?: { remove: boolean } }>(
    visit,
    inputsFor(receiver),
    typed,
  );
  const change = await withIds(visit, body, receiver.contactCenterIds);
  // One that is typed takes the place of the stored one anyway.
  return token?.remove ? { bearerToken: null, ...change } : change;
}

/** The API says it in words for programs. */
export function besideToken({ text }: ConsoleVisit, problem: Problem, typed: Typed): Problem {
  const isMissing = problem.fields['bearerToken'] !== undefined && textAt(typed, 'bearerToken') === '';
  if (!isMissing) return problem;
  return {
    ...problem,
    fields: { ...problem.fields, bearerToken: text('console.signalReceivers.token.again') },
  };
}

async function withIds<Body extends SignalReceiverChange>(
  visit: ConsoleVisit,
  body: Body,
  before: readonly string[],
): Promise<Body> {
  return { ...body, contactCenterIds: await centersTyped(visit, body.contactCenterIds ?? [], before) };
}

export function addPage(visit: ConsoleVisit, typed: Typed | undefined): FormPage {
  const { text } = visit;
  const inputs = inputsFor();
  return {
    title: text('console.signalReceivers.add'),
    lead: text('console.signalReceivers.add.lead'),
    breadcrumbs: breadcrumbsBelowList(visit, signalReceivers),
    form: {
      action: `${signalReceiversPath}/add`,
      sections: sectionsOf(visit, [{ inputs }], typed ?? typedOf(inputs)),
      submit: text('console.signalReceivers.add'),
      cancel: signalReceiversPath,
    },
  };
}

export function changePage(
  visit: ConsoleVisit,
  receiver: SignalReceiverView,
  typed: Typed | undefined,
): FormPage {
  const { text } = visit;
  const inputs = inputsFor(receiver);
  return {
    title: text('console.signalReceivers.change.title'),
    breadcrumbs: receiverBreadcrumbs(visit, receiver),
    form: {
      action: `${receiverPath(receiver.id)}/change`,
      sections: sectionsOf(visit, [{ inputs }], typed ?? typedOf(inputs, receiver)),
      submit: text('console.signalReceivers.save'),
      cancel: receiverPath(receiver.id),
    },
  };
}
