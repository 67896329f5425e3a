/** Escapes what templates print: markup everywhere, and in texts that people read the characters by which a name looks like another. */
import { shownName } from '@gatehouse/contracts/values';
import { escapeHtml } from '@gatehouse/service-kit/html';

/** Most values are such: an optimisation, a page has some hundred values and these take a sixth of the time. */
const harmless = /^[\t\n\r !#-%(-;=?-~]*$/;
/** Between lines of a text, and around what our own texts isolate: an isolate that ends turns nothing outside of it. */
const structure = /[\t\n\r]|\u2068[^\u2066-\u2069]*\u2069/gu;

/** Names that come from a directory, or that were stored before their rule, are shown and never refused. */
export function escapeShown(value: unknown): string {
  const text = String(value);
  return harmless.test(text) ? text : escapeHtml(shownText(text));
}

function shownText(text: string): string {
  let shown = '';
  let end = 0;
  for (const { 0: part, index } of text.matchAll(structure)) {
    shown += shownName(text.slice(end, index));
    shown += part.length === 1 ? part : `\u2068${shownName(part.slice(1, -1))}\u2069`;
    end = index + part.length;
  }
  return shown + shownName(text.slice(end));
}

/** Text between backticks is code: a value to type, a parameter. */
export const escapeWithCode = (text: string): string =>
  escapeShown(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** A form sends back what its fields held: a person with such a name signs in by it. */
export const fieldValues = {
  escapeValue: (value: unknown): string => escapeHtml(String(value)),
  plugin: {
    processTemplate: (template: string): string =>
      template
        .replaceAll(/(?<=\svalue=")<%=(.*?)%>(?=")/g, '<%~ this.escapeValue($1) %>')
        .replaceAll(/<%=([^<]*?)%>(?=<\/textarea>)/g, '<%~ this.escapeValue($1) %>'),
  },
};
