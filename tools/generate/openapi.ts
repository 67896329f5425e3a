/** The OpenAPI document of a service, from the schemas of its routes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const documents = new Map<string, Promise<string>>();

/** Starts nothing: the service prints its routes and ends; asked once for all who want to know. */
export function openApiDocument(root: string, service: string): Promise<string> {
  const known = documents.get(root + service) ?? print(root, service);
  documents.set(root + service, known);
  return known;
}

async function print(root: string, service: string): Promise<string> {
  const args = ['--conditions=source', `services/${service}/src/main.ts`, 'print-openapi'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    maxBuffer: 32 * 1024 * 1024,
  });
  return stdout;
}
