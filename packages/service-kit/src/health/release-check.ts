/** Asks an installed release from beside it what its callers ask, until each answer is right or the time is up. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  basicAuthorization,
  createHttpClient,
  type HttpRequest,
  type UpstreamError,
} from '@gatehouse/api-client/http';
import { z } from 'zod';
import { linesOf, type Secret } from '../crypto/secret.ts';

/** Addresses of the release, as other pods see it. */
export interface ReleasePlaces {
  apiUrl: string;
  managementUrl: string;
}

/** The command check-release. It runs beside the release and opens no store. Its last line says what does not work. */
export async function runReleaseCheck(
  service: string,
  [apiUrl, managementUrl]: readonly (string | undefined)[],
  check: (places: ReleasePlaces, ask: Ask) => Promise<void>,
): Promise<void> {
  const ask = createAsk({
    timeoutMs: 60_000,
    onAnswer: (what) => process.stdout.write(`${what}: as expected\n`),
  });
  try {
    if (apiUrl === undefined || managementUrl === undefined)
      throw new Error('name two addresses, of its API and of its management port');
    await ask({ what: 'the ready endpoint', url: `${managementUrl}/readyz` });
    await check({ apiUrl, managementUrl }, ask);
    process.stdout.write(`${service} works.\n`);
  } catch (error) {
    process.stderr.write(`${service} does not work: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

export type Ask = ReturnType<typeof createAsk>;

interface Question<T> extends Omit<HttpRequest, 'path'> {
  /** The requested thing, as the subject of a sentence. */
  what: string;
  url: string;
  /** The body, as JSON. */
  schema?: z.ZodType<T>;
}

interface AskOptions {
  /** For all questions together. Network policies take effect up to some seconds after a pod has started. */
  timeoutMs: number;
  pauseMs?: number;
  /** Is told each question that was answered. */
  onAnswer?: (what: string) => void;
}

export function createAsk({ timeoutMs, pauseMs = 1000, onAnswer }: AskOptions) {
  const http = createHttpClient({ timeoutMs: 5000 });
  const endMs = performance.now() + timeoutMs;

  /** @throws Error with one sentence for the operator */
  return async function ask<T>({ what, schema, ...request }: Question<T>): Promise<T> {
    for (;;) {
      const attempt = await http.send(request).catch((error: UpstreamError) => error);
      if (!(attempt instanceof Error)) {
        const answer = bodyOf(attempt.text, schema);
        if (!answer.success)
          throw new Error(`${what} (${request.url}) is not as expected: ${answer.problem}`);
        onAnswer?.(what);
        return answer.data;
      }
      // A refusal or a missing page does not become right by waiting.
      const isFinal = attempt.status !== undefined && attempt.status < 500;
      if (isFinal || performance.now() + pauseMs > endMs)
        throw new Error(`${what} (${request.url}) ${reasonOf(attempt)}`, { cause: attempt });
      await delay(pauseMs);
    }
  };
}

/** Returns an access token of the installation's own client. */
export async function askForToken(
  ask: Ask,
  authApiUrl: string,
  { id, secret }: { id: string; secret: Secret },
): Promise<string> {
  const answer = await ask({
    what: 'a token for the client of the services',
    url: `${authApiUrl}/auth/v3/oauth/token`,
    form: { grant_type: 'client_credentials' },
    headers: { authorization: basicAuthorization(id, linesOf(secret.reveal())[0]) },
    schema: z.object({ access_token: z.string() }),
  });
  return answer.access_token;
}

function bodyOf<T>(text: string, schema: z.ZodType<T> | undefined) {
  if (schema === undefined) return { success: true as const, data: undefined as T };
  try {
    const { success, data, error } = schema.safeParse(JSON.parse(text));
    return success ? { success, data } : { success, problem: z.prettifyError(error).replaceAll('\n', ' ') };
  } catch {
    return { success: false as const, problem: 'it is no JSON' };
  }
}

function reasonOf({ status, body, cause, message }: UpstreamError): string {
  if (status !== undefined) return `answered ${status} ${body.slice(0, 300).replaceAll(/\s+/g, ' ')}`.trim();
  return `cannot be reached: ${(cause as Error | undefined)?.message ?? message}`;
}
