/** `/export` and `/import`, as administrators call them. */
import { z } from 'zod';
import { envelopeOf } from '../../envelope.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';

export const estateChangeSchema = z.object({
  action: z.string(),
  entity: z.string(),
  id: z.string(),
  contactCenterId: z.string().optional(),
  changes: z.record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown().optional() })),
});

export const importAnswer = z.object({
  dryRun: z.boolean(),
  changes: z.array(estateChangeSchema),
  keptSecrets: z
    .array(z.string())
    .describe('References that lead nowhere in this installation: these secrets stay as they are.'),
});

/** JSON, or YAML as people keep it. */
export type DocumentFormat = 'json' | 'yaml';

/** Every call throws UpstreamError when Environment API refuses or cannot answer. */
export interface EstateAdministration {
  /** The document, and the tag of what it shows. */
  export(format: DocumentFormat): Promise<{ document: string; etag: string }>;
  /** What an import would change, and the tag of what it was compared with. */
  tryImport(document: string, format: DocumentFormat): Promise<{ result: ImportResult; etag: string }>;
  /** Only while `etag` is right. */
  import(document: string, format: DocumentFormat, etag: string): Promise<ImportResult>;
}

export function createEstateAdministration(http: HttpClient): EstateAdministration {
  const type = (format: DocumentFormat) => `application/${format}`;

  async function put(document: string, format: DocumentFormat, dryRun: boolean, etag?: string) {
    const response = await http.send({
      method: 'PUT',
      path: `${apiPath}/import`,
      query: { dryRun: String(dryRun) },
      headers: { ...(etag === undefined ? {} : { 'if-match': etag }) },
      content: { type: type(format), text: document },
    });
    const { data } = envelopeOf(importAnswer).parse(JSON.parse(response.text));
    return { result: data, etag: String(response.headers['etag'] ?? '') };
  }

  return {
    async export(format) {
      const path = `${apiPath}/export`;
      const response = await http.send({ method: 'GET', path, headers: { accept: type(format) } });
      return { document: response.text, etag: String(response.headers['etag'] ?? '') };
    },
    tryImport: (document, format) => put(document, format, true),
    import: async (document, format, etag) => (await put(document, format, false, etag)).result,
  };
}

export type EstateChange = z.infer<typeof estateChangeSchema>;
export type ImportResult = z.infer<typeof importAnswer>;
