/** Hides the internal routes on a public listener from callers outside the cluster. */
import { notFound } from '../errors/app-error.ts';
import type { App } from './app-type.ts';

/** A proxy in front of the service adds one of them, and the caller behind it cannot take it away. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

/** Call it before the guard of the scope: a stranger's guess is not even checked. */
export function hideFromProxies(scope: App): void {
  scope.addHook('onRequest', async (request) => {
    if (proxyHeaders.some((name) => request.headers[name] !== undefined))
      throw notFound(`There is nothing at ${request.method} ${scope.shownPathOf(request)}`);
  });
}
