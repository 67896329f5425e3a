/** Marks what documents of configuration as code manage, and keeps a form from changing it unseen. */
import { findManaged } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { isForwarded } from '@gatehouse/contracts/auth-api';
import { areOverlapping, type ManagedQuery, type ManagedThing } from '@gatehouse/contracts/documents';
import { formatsIn } from '../../texts/formats.ts';
import { fieldsOf, isSecret } from './conflict.ts';
import type { ConsolePage, FormPage } from './pages.ts';
import type { FormField } from './parts.ts';
import { RefusedForm } from './problem.ts';
import type { ConsoleVisit } from './shell.ts';

export type Keeper = ManagedThing['owners'][number];

/** A form as it was sent. */
type Sent = Readonly<Record<string, unknown>>;

/** The name of a field at its API, where its form has another one. */
type NameOf = (field: string) => string;

const confirmName = 'overManaged';

/** Empty where that cannot be known: a client is changed also while Environment API is silent, and drift tells it afterwards. */
export async function managedThings(visit: ConsoleVisit, query: ManagedQuery): Promise<ManagedThing[]> {
  if (isForwarded(query.kind) && !visit.rights.installation) return [];
  try {
    return await findManaged(visit.environmentApi, query);
  } catch (error) {
    if (error instanceof UpstreamError) return [];
    throw error;
  }
}

/** The owners of the documents of one thing. */
export async function keepersOf(visit: ConsoleVisit, query: ManagedQuery | undefined): Promise<Keeper[]> {
  if (query === undefined) return [];
  const [thing] = await managedThings(visit, query);
  return thing?.owners ?? [];
}

/** Below the title of the page of a thing. */
export function managedNotice(
  visit: Pick<ConsoleVisit, 'text' | 'language'>,
  keepers: readonly Keeper[],
  words: 'change' | 'delete' = 'change',
): Pick<ConsolePage, 'managed'> {
  if (keepers.length === 0) return {};
  return { managed: { title: managedBy(visit, keepers), text: visit.text(`console.managed.${words}`) } };
}

/** *Managed by platform/git\@4f1c2a.* */
export function managedBy(
  { text, language }: Pick<ConsoleVisit, 'text' | 'language'>,
  keepers: readonly Pick<Keeper, 'owner' | 'revision'>[],
): string {
  const owners = keepers.map(({ owner, revision }) =>
    revision === undefined ? owner : `${owner}@${revision}`,
  );
  return text('console.managed.by', { owners: formatsIn(language).words(owners) });
}

/** In a list: undefined of what no documents manage. */
export function managedNote(
  visit: Pick<ConsoleVisit, 'text' | 'language'>,
  things: readonly ManagedThing[],
  { name, location }: Pick<ManagedThing, 'name' | 'location'>,
): string | undefined {
  const thing = things.find((one) => one.name === name && (one.location ?? location) === location);
  return thing && managedBy(visit, thing.owners);
}

/** The form with a mark at each field that documents manage, and with a box that says: change it here all the same. */
export function markedForm(
  visit: ConsoleVisit,
  page: FormPage,
  keepers: readonly Keeper[],
  { nameOf, typed = {} }: { nameOf: NameOf; typed: Sent | undefined },
): FormPage {
  if (keepers.length === 0) return page;
  const marked: string[] = [];
  const mark = (field: FormField): FormField => {
    const own = keepersIn(keepers, nameOf(field.name));
    if (own.length === 0) return field;
    marked.push(field.label);
    return { ...field, hint: [field.hint, managedBy(visit, own)].filter(Boolean).join(' ') };
  };
  const sections = page.form.sections.map((section) => ({ ...section, fields: section.fields.map(mark) }));
  if (marked.length === 0) return page;
  const { text, language } = visit;
  const confirm: FormField = {
    name: confirmName,
    label: text('console.managed.confirm'),
    hint: text('console.managed.confirm.hint', { fields: formatsIn(language).words(marked) }),
    kind: 'check',
    isChecked: isConfirmed(typed),
  };
  const form = { ...page.form, sections: [...sections, { fields: [confirm] }] };
  return { ...page, ...managedNotice(visit, keepers), form };
}

const isConfirmed = (typed: Sent): boolean => typed[confirmName] === 'true';

/** For the hidden fields of a further question, whose answer sends the form again. */
export const confirmedOf = (typed: Sent): Record<string, string> =>
  isConfirmed(typed) ? { [confirmName]: 'true' } : {};

/** @throws RefusedForm where a managed field says something else than `now`, and the person has not confirmed it */
export function requireConfirmed(
  { text, language, request }: ConsoleVisit,
  keepers: readonly Keeper[],
  { now, sent, nameOf }: { now: FormPage; sent: FormPage; nameOf: NameOf },
): void {
  const typed = request.body as Sent;
  if (isConfirmed(typed)) return;
  const before = new Map(fieldsOf(now).map((field) => [field.name, sentOf(field)]));
  const changed = fieldsOf(sent).filter((field) => {
    if (keepersIn(keepers, nameOf(field.name)).length === 0) return false;
    // What no page shows counts as changed where something was typed.
    if (isSecret(field) || field.kind === 'file') return (typed[field.name] ?? '') !== '';
    return sentOf(field) !== before.get(field.name);
  });
  if (changed.length === 0) return;
  const fields = formatsIn(language).words(changed.map(({ label }) => label));
  throw new RefusedForm({ [confirmName]: text('console.managed.unconfirmed', { fields }) }, 409);
}

const keepersIn = (keepers: readonly Keeper[], name: string) =>
  keepers.filter(({ fields }) => fields.some((field) => areOverlapping(field, name)));

function sentOf({ kind, isChecked = false, options = [], texts, value = '' }: FormField): string {
  if (kind === 'check') return String(isChecked);
  if (kind === 'checks')
    return JSON.stringify(options.filter((option) => option.isChecked).map((one) => one.value));
  if (texts !== undefined) return JSON.stringify(texts.map((one) => [one.language, one.value.trim()]));
  // A browser sends each line break as two characters.
  return value.replaceAll('\r\n', '\n').trim();
}
