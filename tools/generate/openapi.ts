/** The OpenAPI document of a service, from the schemas of its routes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Starts nothing: the service prints its routes and ends. */
export async function openApiDocument(root: string, service: string): Promise<string> {
  const args = ['--conditions=source', `services/${service}/src/main.ts`, 'print-openapi'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    maxBuffer: 32 * 1024 * 1024,
  });
  return stdout;
}
