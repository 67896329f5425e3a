/** Decides whether pages of an origin may call, and what they may send. Keeps the stored origins in memory until something changes. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type App, enforceCors, type KnownOrigins } from '@gatehouse/service-kit/http';
import type { OwnedOrigins } from './service.ts';

const corsOptions = {
  // Credentials are not allowed: callers authenticate by a header, never by a cookie.
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  requestHeaders: [
    'authorization',
    'content-type',
    'dpop',
    'if-match',
    'if-none-match',
    'idempotency-key',
    'x-api-key',
    'x-request-id',
  ],
  // A manager adds origins. They let pages read the data of the contact centre, not change it.
  methodsOfTenants: ['GET', 'HEAD'],
  answerHeaders: ['dpop-nonce', 'etag', 'retry-after', 'www-authenticate', 'x-request-id'],
  remedy:
    'add it with POST /environment/v3/cors to the contact centre whose application it is; pages that write need the global setting cors-origins',
};

const trustedMs = 1000;

interface OriginsOptions {
  read(): Promise<OwnedOrigins>;
  changeLog: ChangeLog;
  now: Clock;
}

/** Lets pages of allowed origins call the routes of a scope. Call it before authentication: a preflight carries no credentials. */
export function createCorsGuard(options: OriginsOptions) {
  const origins = createAllowedOrigins(options);
  return (scope: App) => enforceCors(scope, { ...corsOptions, origins });
}

/** A removed origin is allowed for one more second; an added one at once. */
function createAllowedOrigins({ read, changeLog, now }: OriginsOptions): KnownOrigins {
  let global: ReadonlySet<string> = new Set();
  let owners: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  let readAtChange = -1;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    // The number alone first: most questions find no change, and there may be many origins.
    if ((await changeLog.latest()) !== readAtChange) {
      const { change, view } = await read();
      global = new Set(view.global);
      owners = ownersOf(view.contactCenters);
      readAtChange = change;
    }
    checkedAtMs = now();
  }

  /** An answer of yes may be a second old, an answer of no never. */
  async function ask(isSo: () => boolean): Promise<boolean> {
    if (isSo() && now() < checkedAtMs + trustedMs) return true;
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    await refreshing;
    return isSo();
  }

  return {
    isRegistered: (origin) => ask(() => global.has(origin) || owners.has(origin)),
    isGlobal: (origin) => ask(() => global.has(origin)),
    mayRead: (origin, { contactCenterIds }) =>
      ask(() => global.has(origin) || contactCenterIds.some((id) => owners.get(origin)?.has(id))),
  };
}

function ownersOf(contactCenters: OwnedOrigins['view']['contactCenters']): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>();
  for (const [id, origins] of Object.entries(contactCenters)) {
    for (const origin of origins) owners.set(origin, (owners.get(origin) ?? new Set()).add(id));
  }
  return owners;
}
