/** Parses a strict subset of XML: elements and attributes. Document types are refused, so there are no entities to expand. */

export interface XmlElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
}

const maxDepth = 64;
const nameStart = 'A-Za-z_';
const token = new RegExp(
  [
    '<!--[\\s\\S]*?-->',
    '<\\?[\\s\\S]*?\\?>',
    `<(/?)([${nameStart}][\\w.:-]*)((?:\\s+[${nameStart}][\\w.:-]*\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`,
    '[^<]+',
  ].join('|'),
  'y',
);

/** The root element; text between elements is ignored. @throws SyntaxError with the line */
export function parseXml(text: string): XmlElement {
  const top: XmlElement = { name: '', attributes: new Map(), children: [] };
  const open: XmlElement[] = [top];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null)
      throw problem(text, at, text.startsWith('<!', at) ? 'a document type or CDATA' : 'not XML');
    const [, closing, name, attributes, selfClosing] = match;
    if (name === undefined) continue;
    const parent = open.at(-1) as XmlElement;
    if (closing === '/') {
      if (parent.name !== name) throw problem(text, at, `</${name}> closes <${parent.name}>`);
      open.pop();
      continue;
    }
    const element = { name, attributes: parseAttributes(attributes ?? '', text, at), children: [] };
    parent.children.push(element);
    if (selfClosing !== '/') open.push(element);
    if (open.length > maxDepth) throw problem(text, at, `nested deeper than ${maxDepth}`);
  }
  if (open.length !== 1) throw problem(text, text.length, `<${open.at(-1)?.name}> is not closed`);
  const [root, second] = top.children;
  if (root === undefined || second !== undefined)
    throw problem(text, text.length, 'not exactly one root element');
  return root;
}

function parseAttributes(source: string, text: string, at: number): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', quoted = ''] of source.matchAll(/([\w.:-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
    if (attributes.has(name)) throw problem(text, at, `the attribute ${name} twice`);
    attributes.set(name, resolveReferences(quoted.slice(1, -1), text, at));
  }
  return attributes;
}

const predefined: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function resolveReferences(value: string, text: string, at: number): string {
  return value.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));|&/g, (whole, hex, decimal, name) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const resolved = name === undefined ? fromCodePoint(code) : predefined[name];
    if (resolved === undefined) throw problem(text, at, `the reference ${whole}`);
    return resolved;
  });
}

function fromCodePoint(code: number): string | undefined {
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

function problem(text: string, at: number, what: string): SyntaxError {
  const line = text.slice(0, at).split('\n').length;
  return new SyntaxError(`line ${line}: ${what}`);
}
