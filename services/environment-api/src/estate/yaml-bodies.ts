/** YAML beside JSON, in both directions. */
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { parse, stringify } from 'yaml';

const mediaTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
/** A document that names parts of itself again and again could grow without end. */
const maxAliases = 100;

/** The scope reads YAML bodies as if they were JSON. */
export function acceptYaml(app: App): void {
  app.addContentTypeParser(mediaTypes, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parse(body as string, { schema: 'core', maxAliasCount: maxAliases, uniqueKeys: true }));
    } catch (error) {
      done(badRequest(`The body is not valid YAML: ${(error as Error).message}`, { field: 'body' }));
    }
  });
}

export function wantsYaml(accept: string | undefined): boolean {
  return accept !== undefined && /\byaml\b|\bx-yaml\b/i.test(accept);
}

export function yamlOf(document: object): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}
