/** The files of docs/guides/reverse-proxy.md as they are printed, with the places of a test in them: ports, services and certificate. */
import { readFileSync } from 'node:fs';
import type { StackDescription } from '../../stack/state/stack-file.ts';

/** The public host of the guide. */
export const publicHost = 'login.example.com';
export const publicUrl = `https://${publicHost}`;

const guide = readFileSync(new URL('../../../docs/guides/reverse-proxy.md', import.meta.url), 'utf8');
const checks = '## Does it work?';

export interface Places {
  services: StackDescription['services'];
  /** Where the proxy listens. */
  port: number;
  certificate: string;
  key: string;
  /** What Traefik reads its rules from. */
  rules: string;
}

export const nginxFile = (places: Places) => replaced(block('## nginx', 0), places);
export const traefikStart = (places: Places) => replaced(block('## Traefik', 0), places);
export const traefikRules = (places: Places) => replaced(block('## Traefik', 1), places);

/** The commands that show whether it works. */
export const printedChecks = block(checks, 0)
  .split('\n')
  .filter((line) => line !== '');

function block(heading: string, index: number): string {
  const [, after = ''] = guide.split(`\n${heading}\n`);
  const text = [...(after.split('\n## ')[0] ?? '').matchAll(/^```\w+\n(.*?)^```$/gms)][index]?.[1];
  if (text === undefined) throw new Error(`${heading} has no block ${index}`);
  return text;
}

/** Each replica of a service is the same one here. */
function replaced(text: string, { services, port, certificate, key, rules }: Places): string {
  const numbered = [services['auth-api'], services['auth-ui'], services['environment-api']];
  return text
    .replace(/10\.0\.0\.([123])\d:8080/g, (_, number) => new URL(numbered[number - 1]?.url ?? '').host)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('":443"', `"127.0.0.1:${port}"`)
    .replace(/\/etc\/\w+\/tls\/login\.example\.com\.crt/, certificate)
    .replace(/\/etc\/\w+\/tls\/login\.example\.com\.key/, key)
    .replace('/etc/traefik/gatehouse.yaml', rules);
}
