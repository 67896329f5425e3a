/** A scope of the application that reads forms and nothing else (RFC 6749 section 3.2). */
import formbody from '@fastify/formbody';
import type { App } from '@gatehouse/service-kit/http/app';

/** Any other content type is answered 415. */
export async function readOnlyForms(scope: App): Promise<void> {
  scope.removeAllContentTypeParsers();
  await scope.register(formbody);
}

/** For schemas that only describe: the handler reads the request by rules that a schema cannot say. */
export const describeOnly = () => (value: unknown) => ({ value });
