/** Escapes what templates print: markup everywhere, and in texts that people read the characters by which a name looks like another. */
import { shownName } from '@gatehouse/contracts/values';
import { escapeHtml } from '@gatehouse/service-kit/html';
import { momentElements, plainMoments } from '../texts/moments.ts';

/** Most values are such: an optimisation, a page has some hundred values and these take a sixth of the time. */
const harmless = /^[\t\n\r !#-%(-;=?-~]*$/;
/** Between lines of a text, and around what our own texts isolate: an isolate that ends turns nothing outside of it. */
const structure = /[\t\n\r]|\u2068[^\u2066-\u2069]*\u2069/gu;

/** For attributes. Names that come from a directory, or that were stored before their rule, are shown and never refused. */
export const escapeShown = (value: unknown): string => escaped(plainMoments(String(value)));

/** Between elements: a moment is one of its own there. */
const escapeContent = (value: unknown): string => momentElements(escaped(String(value)));

const escaped = (text: string): string => (harmless.test(text) ? text : escapeHtml(shownText(text)));

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
  escapeContent(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

/** These hold text alone. */
const textOnly = /^(?:title|option|textarea|text)$/;
const parts = /<%[\s\S]*?%>|<\/?([a-z][a-z\d-]*)|>/g;

/** Lets what is printed between elements have elements of its own. Values that Eta prints in a tag stay as they are. */
function contentIn(template: string): string {
  let isTag = false;
  let holder: string | undefined;
  return template.replace(parts, (part, element: string | undefined) => {
    if (element !== undefined) {
      isTag = true;
      if (textOnly.test(element)) holder = part.startsWith('</') ? undefined : element;
    } else if (part === '>') isTag = false;
    else if (part.startsWith('<%=') && !isTag && holder === undefined)
      return `<%~ this.escapeContent(${part.slice(3, -2)}) %>`;
    return part;
  });
}

/** A form sends back what its fields held: a person with such a name signs in by it. */
export const contexts = {
  escapeValue: (value: unknown): string => escapeHtml(String(value)),
  escapeContent,
  plugin: {
    processTemplate: (template: string): string =>
      contentIn(template)
        .replaceAll(/(?<=\svalue=")<%=(.*?)%>(?=")/g, '<%~ this.escapeValue($1) %>')
        .replaceAll(/<%=([^<]*?)%>(?=<\/textarea>)/g, '<%~ this.escapeValue($1) %>'),
  },
};
