/**
 * Parses XML of other parties with one parser, and only the features that SAML needs. It refuses first what two parsers
 * could read differently: document types, comments, CDATA sections and processing instructions.
 */
import { createRequire } from 'node:module';

// Loaded by the first document: most installations never see one.
const load = createRequire(import.meta.url);

export class RefusedXml extends Error {}

export const namespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
} as const;

export interface XmlLimits {
  longest: number;
}

const maxTags = 20_000;
const deepest = 64;
/** Of one tag, and of a tag together with those around it. */
const maxAttributes = 64;
const maxAttributesInScope = 256;
const elementNode = 1;
const textNode = 3;

/** The root element. @throws RefusedXml */
export function parseXml(text: string, { longest }: XmlLimits): Element {
  if (text.length > longest) throw new RefusedXml(`it is longer than ${longest} characters`);
  refuseMarkup(text);
  const document = parse(text);
  const roots = elementsIn(document as unknown as ParentNode & Node);
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new RefusedXml('it has not exactly one root element');
  return root;
}

function refuseMarkup(text: string): void {
  // A replacement character is what is left of another encoding than UTF-8.
  if (/[\0\uFFFD]/.test(text)) throw new RefusedXml('it is not UTF-8');
  if (/<!/.test(text))
    throw new RefusedXml('it has a document type, a comment or character data: none of them is accepted');
  if (/<\?(?!xml\s[^>]*\?>)/.test(text) || text.indexOf('<?', 2) > 0)
    throw new RefusedXml('it has a processing instruction');
  if (/^<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])/i.test(text))
    throw new RefusedXml('it says that it is not UTF-8');
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) tags += 1;
  if (tags > maxTags) throw new RefusedXml(`it has more than ${maxTags} tags`);
  refuseStructure(text);
}

function parse(text: string): Document {
  const refuse = (message: string) => {
    throw new RefusedXml(message.split('\n')[0] ?? message);
  };
  const { DOMParser } = load('@xmldom/xmldom') as typeof import('@xmldom/xmldom');
  try {
    return new DOMParser({
      errorHandler: { warning: refuse, error: refuse, fatalError: refuse },
    }).parseFromString(text, 'text/xml') as unknown as Document;
  } catch (error) {
    if (error instanceof RefusedXml) throw error;
    throw new RefusedXml((error as Error).message.split('\n')[0] ?? 'it cannot be read');
  }
}

/**
 * Before the parser: its work grows with the square of the attributes of a tag, and with every element that declares a
 * namespace it copies those in scope.
 */
function refuseStructure(text: string): void {
  const open: number[] = [];
  let inScope = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text[at + 1] === '?') continue;
    if (text[at + 1] === '/') {
      const attributes = open.pop();
      if (attributes === undefined) throw new RefusedXml('an element ends that has not begun');
      inScope -= attributes;
      continue;
    }
    const tag = readTag(text, at);
    at = tag.end;
    if (tag.attributes > maxAttributes || inScope + tag.attributes > maxAttributesInScope)
      throw new RefusedXml(
        `an element has more than ${maxAttributes} attributes, or too many with those around it`,
      );
    if (text[at - 1] === '/') continue;
    open.push(tag.attributes);
    inScope += tag.attributes;
    if (open.length > deepest) throw new RefusedXml(`its elements are nested more than ${deepest} deep`);
  }
}

/** The `>` that ends the tag, as there may be others inside of quotation marks, and the attributes before it. */
function readTag(text: string, start: number): { end: number; attributes: number } {
  let quote = '';
  let attributes = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
      attributes += 1;
    } else if (character === '>') return { end: at, attributes };
  }
  return { end: text.length, attributes };
}

/** The child elements, in order. */
export function elementsIn(parent: Node): Element[] {
  return Array.from(parent.childNodes).filter((node) => node.nodeType === elementNode) as Element[];
}

/** Every element from this one down. */
export function allElements(root: Element): Element[] {
  const found = [root];
  for (let index = 0; index < found.length; index += 1) {
    const element = found[index];
    if (element !== undefined) found.push(...elementsIn(element));
  }
  return found;
}

type NamespaceName = keyof typeof namespaces;

export function isNamed(element: Element, namespace: NamespaceName, name: string): boolean {
  return element.namespaceURI === namespaces[namespace] && element.localName === name;
}

export function childrenNamed(parent: Element, namespace: NamespaceName, name: string): Element[] {
  return elementsIn(parent).filter((element) => isNamed(element, namespace, name));
}

/** The only child of that name; undefined when there is none. @throws RefusedXml when there are several */
export function childNamed(parent: Element, namespace: NamespaceName, name: string): Element | undefined {
  const [child, ...more] = childrenNamed(parent, namespace, name);
  if (more.length > 0) throw new RefusedXml(`${parent.localName} holds more than one ${name}`);
  return child;
}

/** The text of an element that holds nothing else. @throws RefusedXml */
export function textOf(element: Element): string {
  const nodes = Array.from(element.childNodes);
  if (nodes.some((node) => node.nodeType !== textNode))
    throw new RefusedXml(`${element.localName} holds more than text`);
  return nodes.map((node) => node.nodeValue ?? '').join('');
}

export function attributeOf(element: Element, name: string): string | undefined {
  return element.hasAttribute(name) ? (element.getAttribute(name) ?? undefined) : undefined;
}

/** SAML core section 1.3.3: times are UTC. Undefined for anything else. */
export function instantOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/.test(text))
    return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
