/** Reads a form with a file: the whole body is small, so the runtime's own parser of multipart/form-data is enough. */
import { badRequest } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';

/** Far more than a form of the console has. Each part costs the parser time, however small it is. */
const maxParts = 32;

export type SentFields = Record<string, string | Buffer>;

/** A field that is there twice counts with its last value, as in other forms. Where no file was chosen, there is none. */
export function acceptFiles(pages: App, bodyLimit: number): void {
  accept(pages, bodyLimit, (fields) => fields);
}

/** For files that hold text: what is in the file of `documentFile` takes the place of what was typed into `document`. */
export function acceptTextFiles(pages: App, bodyLimit: number): void {
  accept(pages, bodyLimit, (fields) => {
    const entries = Object.entries(fields);
    const typed = entries.filter(([, value]) => typeof value === 'string');
    const files = entries.flatMap(([name, value]) =>
      typeof value === 'string'
        ? []
        : [[name.replace(/File$/, ''), value.toString('utf8').replace(/^\uFEFF/, '')]],
    );
    return Object.fromEntries([...typed, ...files]);
  });
}

function accept(pages: App, bodyLimit: number, read: (fields: SentFields) => SentFields): void {
  pages.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit },
    async (request: { headers: Record<string, string | string[] | undefined> }, body: Buffer) => {
      const type = String(request.headers['content-type'] ?? '');
      const fields: SentFields = Object.create(null);
      for (const [name, value] of await parsed(type, body))
        if (typeof value === 'string') fields[name] = value;
        // A browser sends an empty file for a field without one.
        else if (value.size > 0) fields[name] = Buffer.from(await value.arrayBuffer());
      return read(fields);
    },
  );
}

async function parsed(type: string, body: Buffer): Promise<FormData> {
  if (hasManyParts(type, body)) throw badRequest(`The form has more than ${maxParts} fields`);
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch (cause) {
    throw badRequest('The form could not be read', { cause });
  }
}

/** Counts what separates parts (RFC 2046 section 5.1.1), wherever it stands. */
function hasManyParts(type: string, body: Buffer): boolean {
  const [, quoted, plain] = /\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return false;
  let at = -1;
  for (let found = 0; found <= maxParts; found += 1) {
    at = body.indexOf(boundary, at + 1);
    if (at === -1) return false;
  }
  return true;
}
