/** Reads the pages of the console as a person does: headings, messages, tables and forms. */

export interface Form {
  action: string;
  method: string;
  /** What would be sent if nothing was typed, buttons left out. */
  fields: Record<string, string>;
  buttons: string[];
}

export interface PageContent {
  title: string;
  heading: string;
  /** All that can be read, in one line. */
  text: string;
  /** Title and text of the message box. */
  message: string | undefined;
  forms: Form[];
  /** Rows of the first table by the labels of its columns. */
  rows: Record<string, string>[];
  links: { href: string; text: string }[];
  /** Message beside each field that was refused. */
  fieldProblems: Record<string, string>;
}

export function readHtml(html: string): PageContent {
  return {
    title: textOf(/<title>(.*?)<\/title>/s.exec(html)?.[1]),
    heading: textOf(/<h1[^>]*>(.*?)<\/h1>/s.exec(html)?.[1]),
    text: textOf(/<body[^>]*>(.*)<\/body>/s.exec(html)?.[1]),
    message: elementText(html, /<div class="message-words">(.*?)<\/div>/s),
    forms: [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, tag = '', inside = '']) =>
      formOf(attributesOf(tag), inside),
    ),
    rows: rowsOf(html),
    links: [...html.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)].map(([, tag = '', inside]) => ({
      href: attributesOf(tag)['href'] ?? '',
      text: textOf(inside),
    })),
    fieldProblems: Object.fromEntries(
      [...html.matchAll(/<p class="field-problem" id="(.*?)-problem">(.*?)<\/p>/gs)].map(
        ([, name = '', text]) => [name, textOf(text)],
      ),
    ),
  };
}

function formOf({ action = '', method = 'get' }: Record<string, string>, inside: string): Form {
  const fields: Record<string, string> = {};
  for (const [, tag = ''] of inside.matchAll(/<input\b([^>]*)>/g)) {
    const { name, type = 'text', value = '', checked } = attributesOf(tag);
    const isOff = (type === 'checkbox' || type === 'radio') && checked === undefined;
    if (name !== undefined && !isOff) fields[name] = value;
  }
  for (const [, tag = '', text = ''] of inside.matchAll(/<textarea\b([^>]*)>\n?(.*?)<\/textarea>/gs))
    fields[attributesOf(tag)['name'] ?? ''] = unescaped(text);
  for (const [, tag = '', options = ''] of inside.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)) {
    const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => attributesOf(option));
    const chosen = all.find(({ selected }) => selected !== undefined) ?? all[0];
    fields[attributesOf(tag)['name'] ?? ''] = chosen?.['value'] ?? '';
  }
  const buttons = [...inside.matchAll(/<button\b[^>]*>(.*?)<\/button>/gs)].map(([, text]) => textOf(text));
  return { action, method, fields, buttons };
}

/** Names of all fields of a page, those of boxes that are not checked included. */
export const fieldNames = (html: string): string[] => [
  ...new Set(
    [...html.matchAll(/<(?:input|textarea|select)\b([^>]*)>/g)].map(
      ([, tag = '']) => attributesOf(tag)['name'] ?? '',
    ),
  ),
];

function rowsOf(html: string): Record<string, string>[] {
  const table = /<table>(.*?)<\/table>/s.exec(html)?.[1] ?? '';
  const [, head = '', body = ''] = /<thead>(.*?)<\/thead>(.*)/s.exec(table) ?? [];
  // As a wide screen shows it: a column that sorts has its name once more, for cards.
  const wide = head.replaceAll(/<span class="of-cards">.*?<\/span>/g, '');
  const columns = [...wide.matchAll(/<th\b[^>]*>(.*?)<\/th>/gs)].map(([, text]) => textOf(text));
  return [...body.matchAll(/<tr\b[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    Object.fromEntries(
      [...row.matchAll(/<t[dh]\b[^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell], index) => [
        columns[index] ?? String(index),
        textOf(cell),
      ]),
    ),
  );
}

function elementText(html: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(html)?.[1];
  return found === undefined ? undefined : textOf(found);
}

function attributesOf(tag: string): Record<string, string> {
  return Object.fromEntries(
    [...tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [
      name,
      unescaped(value),
    ]),
  );
}

function textOf(html = ''): string {
  const words = html.replace(/<(script|style|svg)\b.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ');
  return unescaped(words).replace(/\s+/g, ' ').trim();
}

export function unescaped(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => names[name] ?? '');
}
