/** docs/authorisation.md, from the matrix of Environment API. */
import { pathToFileURL } from 'node:url';

export async function authorisationPage(root: string): Promise<string> {
  const file = pathToFileURL(`${root}/services/environment-api/src/access/matrix-page.ts`).href;
  const module: { matrixPage(): string } = await import(file);
  return module.matrixPage();
}
