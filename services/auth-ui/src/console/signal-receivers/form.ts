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
import type { FormPage } from '../shell/pages.ts';
import type { Form } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import { breadcrumbsBelowList } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type Centers, centersInput, idsOf, named } from './centers.ts';
import { receiverBreadcrumbs, receiverPath, signalReceivers, signalReceiversPath } from './pages.ts';

const removal = inputsBelow('console.signalReceivers')('token.remove', 'flag');

const inputsFor = (centers: Centers, receiver?: SignalReceiverView): Input[] =>
  describedInputs(signalReceiver, { isNew: receiver === undefined }).flatMap((input) =>
    typedAs(input, centers, receiver?.hasBearerToken === true),
  );

/** Where the console has more to say about a field than its description. */
function typedAs(input: Input, centers: Centers, hasToken: boolean): Input[] {
  const { path, appearance, options = [] } = input;
  if (path === 'contactCenterIds') return [centersInput(input, centers)];
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

export const newReceiverOf = (visit: ConsoleVisit, centers: Centers, typed: Typed) =>
  withIds(visit, centers, bodyOf<NewSignalReceiver>(visit, inputsFor(centers), typed), []);

export async function changeOf(
  visit: ConsoleVisit,
  centers: Centers,
  typed: Typed,
  receiver: SignalReceiverView,
): Promise<SignalReceiverChange> {
  const { token, ...body } = bodyOf<SignalReceiverChange & { token?: { remove: boolean } }>(
    visit,
    inputsFor(centers, receiver),
    typed,
  );
  const change = await withIds(visit, centers, body, receiver.contactCenterIds);
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
  centers: Centers,
  body: Body,
  before: readonly string[],
): Promise<Body> {
  return { ...body, contactCenterIds: await idsOf(visit, centers, body.contactCenterIds ?? [], before) };
}

export function addPage(visit: ConsoleVisit, centers: Centers, typed: Typed | undefined): FormPage {
  const { text } = visit;
  const inputs = inputsFor(centers);
  return {
    title: text('console.signalReceivers.add'),
    lead: text('console.signalReceivers.add.lead'),
    breadcrumbs: breadcrumbsBelowList(visit, signalReceivers),
    form: {
      action: `${signalReceiversPath}/add`,
      sections: shownSections(visit, inputs, centers, typed ?? typedOf(inputs)),
      submit: text('console.signalReceivers.add'),
      cancel: signalReceiversPath,
    },
  };
}

export function changePage(
  visit: ConsoleVisit,
  receiver: SignalReceiverView,
  centers: Centers,
  typed: Typed | undefined,
): FormPage {
  const { text } = visit;
  const inputs = inputsFor(centers, receiver);
  const contactCenterIds = receiver.contactCenterIds.map((id) => centers.tenants.get(id) ?? id);
  return {
    title: text('console.signalReceivers.change.title'),
    breadcrumbs: receiverBreadcrumbs(visit, receiver),
    form: {
      action: `${receiverPath(receiver.id)}/change`,
      sections: shownSections(
        visit,
        inputs,
        centers,
        typed ?? typedOf(inputs, { ...receiver, contactCenterIds }),
      ),
      submit: text('console.signalReceivers.save'),
      cancel: receiverPath(receiver.id),
    },
  };
}

const shownSections = (
  visit: ConsoleVisit,
  inputs: readonly Input[],
  centers: Centers,
  typed: Typed,
): Form['sections'] =>
  sectionsOf(visit, [{ inputs }], typed).map(({ fields, ...section }) => ({
    ...section,
    fields: fields.map((field) => (field.name === 'contactCenterIds' ? named(field, centers) : field)),
  }));
