/** docs/audit-events.md, from the catalogue of Auth API. */
import { pathToFileURL } from 'node:url';

export async function auditPage(root: string): Promise<string> {
  const file = pathToFileURL(`${root}/services/auth-api/src/audit/catalogue-page.ts`).href;
  const module: { cataloguePage(): string } = await import(file);
  return module.cataloguePage();
}
