/** Makes calls to the authorization server and notes each for the list on the page. */
import type { Call, RecordedCall, Value } from './call.ts';
import { makeProof } from './proof-key.ts';
import { clientSecret } from './secret.ts';

const callsAtMost = 12;

export interface Outcome {
  status: number;
  answer: Record<string, unknown>;
}

export type Caller = ReturnType<typeof createCaller>;

/** `reached` turns an address of the public host into the one at which this process reaches it. */
export function createCaller(reached: (url: string) => string) {
  async function send(call: Call): Promise<Outcome> {
    const response = await fetch(reached(call.url), {
      method: call.method,
      headers: headersOf(call),
      body: call.form ? new URLSearchParams(plain(call.form)) : null,
      signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, answer: parse(await response.text()) };
  }

  return {
    /** Newest first; returns the outcome whatever it was. */
    async try(calls: RecordedCall[], call: Call): Promise<Outcome> {
      const startedAtMs = performance.now();
      const outcome = await send(call);
      record(calls, call, { ...outcome, durationMs: performance.now() - startedAtMs });
      return outcome;
    },

    /** Throws an OAuth error in its own words. */
    async make(calls: RecordedCall[], call: Call): Promise<Record<string, unknown>> {
      const { status, answer } = await this.try(calls, call);
      if (status >= 400) throw new Error(wordsOf(answer));
      return answer;
    },

    /** The same for calls that the OAuth library makes itself. */
    async library<T>(calls: RecordedCall[], call: Call, work: () => Promise<{ token: T }>): Promise<T> {
      const startedAtMs = performance.now();
      const seen = (status: number, answer: object | undefined) =>
        record(calls, call, {
          status,
          answer: answer as RecordedCall['answer'],
          durationMs: performance.now() - startedAtMs,
        });
      try {
        const { token } = await work();
        // That one is the library's own.
        const { expires_at: _, ...answer } = token as object & { expires_at?: unknown };
        seen(200, answer);
        return token;
      } catch (error) {
        const { output, data } = error as {
          output?: { statusCode?: number };
          data?: { payload?: Record<string, unknown> };
        };
        seen(output?.statusCode ?? 0, data?.payload);
        throw data?.payload?.['error'] ? new Error(wordsOf(data.payload)) : error;
      }
    },
  };
}

function headersOf({ client, form, token, key, method, url }: Call): Record<string, string> {
  const basic = Buffer.from(`${client.id}:${clientSecret(client).value}`).toString('base64');
  return {
    accept: 'application/json',
    ...(form && { authorization: `Basic ${basic}` }),
    ...(token && { authorization: `${token.scheme} ${token.secret.value}` }),
    ...(key && { dpop: makeProof(key, method, url, token?.secret.value) }),
  };
}

/** A refusal may come without a body. */
function parse(text: string): Outcome['answer'] {
  return text === '' ? {} : (JSON.parse(text) as Outcome['answer']);
}

function plain(values: Record<string, Value>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : value.value]),
  );
}

function wordsOf(answer: Record<string, unknown>): string {
  return `${answer['error']}: ${answer['error_description'] ?? 'no description'}`;
}

/** A poll that got the same answer as the one before is counted there. */
function record(calls: RecordedCall[], call: Call, outcome: Omit<RecordedCall, 'call' | 'times'>): void {
  const [last] = calls;
  const isRepeated =
    last?.call.what === call.what && last.status === outcome.status && call.kind.endsWith('poll');
  if (isRepeated) calls.shift();
  calls.unshift({ call, ...outcome, times: isRepeated ? (last?.times ?? 0) + 1 : 1 });
  calls.length = Math.min(calls.length, callsAtMost);
}
