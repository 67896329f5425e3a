/** Collects the secrets that tests send to services and get from them, and finds those that the services log. */
import {
  secretsOfRequest,
  secretsOfResponse,
  type WatchedReply,
  type WatchedRequest,
} from './secrets-of-messages.ts';
import { createTextSearch } from './text-search.ts';

export interface Leak {
  /** The kind of the secret and the message that had it; never the secret. */
  secret: string;
  /** The text around it, with `[here]` in its place. */
  text: string;
}

/** The part of a Fastify application that is needed. */
interface WatchedApp {
  addHook(
    name: 'preValidation',
    hook: (request: WatchedRequest, reply: unknown, done: () => void) => void,
  ): unknown;
  addHook(
    name: 'onSend',
    hook: (
      request: WatchedRequest,
      reply: WatchedReply,
      payload: unknown,
      done: (error: null, payload: unknown) => void,
    ) => void,
  ): unknown;
}

const secrets = new Map<string, string>();
let logged: string[] = [];

/** Shorter texts are words of ordinary log messages too. */
const minLength = 10;
const contextLength = 80;

/** Looks for the text in every log from now on. `what`: its kind, for the message. */
export function watchSecret(text: string, what: string): void {
  // As it is, in JSON, in a URL.
  for (const form of [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed())])
    if (form.length >= minLength && !/^\*+$/.test(form) && !secrets.has(form)) secrets.set(form, what);
}

export function watchLog(text: string): void {
  logged.push(text);
}

/** A plugin of the tracing that adds its hooks to the whole application, as fastify-plugin does. */
const watchRequests = Object.assign(
  async (app: unknown) => {
    const watched = app as WatchedApp;
    watched.addHook('preValidation', (request, _reply, done) => {
      for (const [what, text] of secretsOfRequest(request)) watchSecret(text, what);
      done();
    });
    watched.addHook('onSend', (request, reply, payload, done) => {
      for (const [what, text] of secretsOfResponse(request, reply, payload)) watchSecret(text, what);
      done(null, payload);
    });
  },
  { [Symbol.for('skip-override')]: true },
);

/** Takes the place of the tracing in an application, which sees every request first. */
export const watchingTracing = {
  requests: watchRequests,
  calls: <T>(_system: string, target: T): T => target,
  async close(): Promise<void> {},
};

/** The secrets in what was logged since the last call. */
export function takeLeaks(): Leak[] {
  const search = createTextSearch([...secrets.keys()]);
  const found = logged.flatMap((text) =>
    search(text).map(({ word, at }): Leak => {
      const before = text.slice(Math.max(0, at - contextLength), at);
      const after = text.slice(at + word.length, at + word.length + contextLength);
      return { secret: secrets.get(word) ?? '', text: `${before}[here]${after}` };
    }),
  );
  logged = [];
  return found;
}

/** Test files that run in one process do not look for each other's secrets. */
export function forgetSecrets(): void {
  secrets.clear();
}
