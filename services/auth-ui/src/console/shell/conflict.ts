/** Builds the page that is shown where somebody else was faster (412): their values beside those that were typed. */
import { type HttpClient, withHeaders } from '@gatehouse/api-client/http';
import type { Visit } from '../../pages/visit.ts';
import type { ComparisonPage, FormPage } from './pages.ts';
import type { FormField } from './parts.ts';

/** Makes a change overwrite only the version that the person has seen. Without a tag it is sent as it is. */
export function ifMatch(http: HttpClient, etag: string): HttpClient {
  return etag === '' ? http : withHeaders(http, { 'if-match': etag });
}

/** `typed`: the form as it was sent; `current`: the same form with the values of now, whose version is `etag`. */
export function conflictPage(
  visit: Pick<Visit, 'text' | 'request'>,
  typed: FormPage,
  current: FormPage,
  etag: string,
): ComparisonPage {
  const { text } = visit;
  const now = new Map(fieldsOf(current).map((field) => [field.name, field]));
  const kept = fieldsOf(typed).filter((field) => !isSecret(field) && field.kind !== 'file');
  const folded = new Set(
    typed.form.sections.filter(({ isFolded }) => isFolded).flatMap(({ fields }) => fields),
  );
  const yes = text('console.comparison.yes');
  const rows = kept.map((field) => ({
    field,
    label: field.label,
    mine: shown(field, yes),
    theirs: shown(now.get(field.name), yes),
  }));
  const { lost, problem } = lostSecrets(visit, typed);
  return {
    title: text('console.comparison.title'),
    lead: text('console.comparison.lead'),
    ...(typed.breadcrumbs === undefined ? {} : { breadcrumbs: typed.breadcrumbs }),
    // A field that both leave as it is in something new says nothing.
    rows: rows.filter(({ field, mine, theirs }) => mine !== theirs || !folded.has(field)),
    form: {
      action: typed.form.action,
      hidden: { ...typed.form.hidden, ...Object.fromEntries(kept.flatMap(sentAs)), ifMatch: etag },
      sections: lost.length === 0 ? [] : [{ fields: lost }],
      submit: text('console.comparison.save'),
      cancel: typed.form.cancel,
      problem,
    },
  };
}

/** A secret goes into no page, so the form asks again for those that were sent: they would be lost without a word. */
export function lostSecrets({ text, request }: Pick<Visit, 'text' | 'request'>, page: FormPage) {
  const sent = request.body as Readonly<Record<string, unknown>>;
  const lost = fieldsOf(page).filter((field) => isSecret(field) && (sent[field.name] ?? '') !== '');
  const fields = lost.map(({ label }) => label).join(', ');
  return { lost, problem: lost.length === 0 ? undefined : text('console.comparison.secretLost', { fields }) };
}

export const isSecret = ({ kind, isSecret: marked }: FormField) => marked === true || kind === 'password';

export function fieldsOf({ form }: FormPage): FormField[] {
  return form.sections.flatMap(({ fields }) => fields);
}

/** Shows a value as a person reads it: the words of a choice, not its value. */
function shown(field: FormField | undefined, yes: string): string {
  if (field === undefined) return '';
  if (field.kind === 'check') return field.isChecked ? yes : '';
  if (field.kind === 'checks' || field.kind === 'picker')
    return [...checkedOf(field), ...(field.picker?.typed ?? []).map((label) => ({ label }))]
      .map(({ label }) => label)
      .join(', ');
  return field.options?.find(({ value }) => value === field.value)?.label ?? field.value ?? '';
}

const checkedOf = ({ options = [] }: FormField) => options.filter(({ isChecked }) => isChecked);

/** As a browser would send the field. */
function sentAs(field: FormField): [string, string][] {
  if (field.kind === 'check') return field.isChecked ? [[field.name, 'true']] : [];
  if (field.kind === 'checks') return checkedOf(field).map(({ name = '' }) => [name, 'true']);
  if (field.texts !== undefined) return field.texts.map(({ name, value }) => [name, value]);
  return [[field.name, field.value ?? '']];
}
