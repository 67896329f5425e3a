/** Limits a scope of routes to form bodies (RFC 6749 section 3.2). */
import formbody from '@fastify/formbody';
import type { App } from '@gatehouse/service-kit/http/app';

/** Other content types are answered with 415. */
export async function readOnlyForms(scope: App): Promise<void> {
  scope.removeAllContentTypeParsers();
  await scope.register(formbody);
}

/** A validator for schemas that only document: the handler reads the request by rules that a schema cannot express. */
export const describeOnly = () => (value: unknown) => ({ value });
