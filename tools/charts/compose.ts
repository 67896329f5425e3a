/** Reads the Compose file as `docker compose` does: anchors merged, variables filled in. */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';

export interface ComposeService {
  environment?: Record<string, string>;
  command?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  [key: string]: unknown;
}

/** Filled in by the caller, or else by the default; a variable that `docker/make-env.mjs` makes up gets a plausible value. */
export function composeServices(
  text: string,
  variables: Record<string, string> = {},
): Record<string, ComposeService> {
  const filled = text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, operator: string, rest: string) =>
      variables[name] ?? (operator === '-' ? rest : plausible(name)),
  );
  return (parse(filled, { merge: true }) as { services: Record<string, ComposeService> }).services;
}

function plausible(name: string): string {
  return name.endsWith('_KEYS')
    ? `k1:${createHash('sha256').update('k1').digest('base64')}`
    : `value-of-${name}`;
}
