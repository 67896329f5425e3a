/** Fills the pickers of a form before it is shown: with the names of what is chosen, and with what a search found. */
import { UpstreamError } from '@gatehouse/api-client/http';
import type { FormPage } from '../shell/pages.ts';
import type { FieldOption, FormField, Picker } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf } from '../shell/typed.ts';
import { oneChosen, optionName } from './inputs.ts';
import { amongAll, type Found, sourceOf } from './references.ts';

/** So many a person can look through. */
const maxFound = 20;
/** Of very many nobody looks for one by its place: a page shows the first ones, and the search. */
const fewFound = 6;
/** A list for one value opens as a whole. */
const maxListed = 100;
/** Each name may be a call. Further values stand as text. */
const maxNamed = 50;

export async function withChoices(visit: ConsoleVisit, page: FormPage): Promise<FormPage> {
  const { form } = page;
  const sections = form.sections.map(async (section) => ({
    ...section,
    fields: await Promise.all(
      section.fields.map((field) =>
        field.picker === undefined ? field : filled(visit, field, field.picker),
      ),
    ),
  }));
  return { ...page, form: { ...form, sections: await Promise.all(sections) } };
}

/** Groups are chosen among those of a contact centre; the name of a new one is typed. */
export function withGroups(
  groups: readonly string[],
  sections: FormPage['form']['sections'],
): FormPage['form']['sections'] {
  const all = groups.map((name) => ({ value: name, label: name }));
  return sections.map((section) => ({
    ...section,
    fields: section.fields.map((field) => ({
      ...field,
      ...(field.picker?.reference === 'group' && { picker: { ...field.picker, all } }),
    })),
  }));
}

async function filled(visit: ConsoleVisit, field: FormField, picker: Picker): Promise<FormField> {
  const { isMany, words } = picker;
  const values = linesOf(field.value ?? '');
  const found = await unlessAway(find(visit, picker, isMany ? maxFound : maxListed));
  if (!isMany && found === undefined) return { ...field, kind: 'text', isCode: true };
  const named = await Promise.all(
    values.slice(0, maxNamed).map((value) => nameOf(visit, picker, value, found?.options ?? [])),
  );
  if (!isMany && found?.isCut === false && words === undefined)
    return {
      ...field,
      kind: 'select',
      // A contact centre that is named by a tenant name is the one of its identifier.
      value: named[0]?.value ?? '',
      options: listed(visit, field, found.options, named),
    };
  const chosen = [...new Map(named.map((option) => [option.value, option])).values()];
  const isChosen = ({ value }: FieldOption) => chosen.some((option) => option.value === value);
  const shown = found?.isCut && words === undefined ? fewFound : maxFound;
  const others = (found?.options ?? []).filter((option) => !isChosen(option)).slice(0, shown);
  const box = (option: FieldOption, isChecked: boolean): FieldOption => ({
    ...option,
    name: optionName(field.name, isMany ? option.value : oneChosen),
    isChecked,
  });
  return {
    ...field,
    options: [...chosen.map((option) => box(option, true)), ...others.map((option) => box(option, false))],
    picker: {
      ...picker,
      isCut: found?.isCut ?? false,
      typed: values.slice(maxNamed),
      typing: visit.text(typingKey(picker)),
    },
  };
}

function typingKey({ reference, isMany }: Picker) {
  if (!isMany) return 'console.picker.typeOne';
  return reference === 'contactCenter' ? 'console.picker.type.contactCenter' : 'console.picker.type';
}

function find(visit: ConsoleVisit, { reference, all, words = '' }: Picker, limit: number): Promise<Found> {
  if (all !== undefined) return Promise.resolve(amongAll(all, words, limit));
  return sourceOf(reference)?.find(visit, words, limit) ?? Promise.resolve({ options: [], isCut: false });
}

/** A choice that is not required may be taken back. */
function listed(
  { text }: ConsoleVisit,
  { isRequired }: FormField,
  found: readonly FieldOption[],
  named: readonly FieldOption[],
): FieldOption[] {
  const missing = named.filter(({ value }) => !found.some((option) => option.value === value));
  const all = [...missing, ...found].map(({ value, label }) => ({ value, label }));
  return isRequired ? all : [{ value: '', label: text('console.form.unset') }, ...all];
}

/** A thing that does not exist yet may be named: a script makes it later. */
async function nameOf(
  visit: ConsoleVisit,
  { reference, all }: Picker,
  value: string,
  found: readonly FieldOption[],
): Promise<FieldOption> {
  const known = [...found, ...(all ?? [])].find((option) => option.value === value);
  const read = sourceOf(reference)?.read;
  if (known !== undefined || read === undefined) return known ?? { value, label: value };
  try {
    return await read(visit, value);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const isMissing = error.status === 404;
    return { value, label: value, hint: isMissing ? visit.text('console.picker.missing') : undefined };
  }
}

/** The form works without the names, too. */
async function unlessAway<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof UpstreamError) return undefined;
    throw error;
  }
}
