import { createDrain } from '@gatehouse/service-kit/http';
import { createLogger, createMetrics } from '@gatehouse/service-kit/observability';
import { expect, it } from 'vitest';
import { describeOnly } from '../../../services/auth-api/src/core/protocol/parameters.ts';
import { describeAuthApi, describeInternalAuthApi } from '../../../services/auth-api/src/describe.ts';
import {
  describeEnvironmentApi,
  describeInternalEnvironmentApi,
} from '../../../services/environment-api/src/openapi.ts';
import { acceptedTexts } from './accepted-texts.ts';

interface Route {
  method: string | string[];
  url: string;
  validatorCompiler?: unknown;
  schema?: Partial<Record<(typeof parts)[number], unknown>>;
}

const parts = ['params', 'querystring', 'headers', 'body'] as const;

/** Takes the place of the tracing, which is registered before every route. */
async function routesOf(describeApp: typeof describeAuthApi): Promise<Route[]> {
  const routes: Route[] = [];
  const collect = async (app: unknown) => {
    const watched = app as { addHook(name: 'onRoute', hook: (route: Route) => void): void };
    watched.addHook('onRoute', (route) => routes.push(route));
  };
  const app = await describeApp({
    log: createLogger('texts', { level: 'fatal', format: 'json' }),
    metrics: createMetrics({ processMetrics: false }),
    drain: createDrain(),
    version: 'test',
    describesApi: true,
    tracing: {
      requests: Object.assign(collect, { [Symbol.for('skip-override')]: true }),
      calls: <T>(_system: string, target: T): T => target,
      close: async () => {},
    },
  } as never);
  await app.close();
  return routes.filter(({ method }) => method !== 'HEAD');
}

/** Compared with something or looked up, never stored; whatever does not fit is answered as wrong or as not found. */
const compared = [
  /^POST \/auth\/v3\/sign-in body (username|password|tenant):/,
  /^POST \/auth\/v3\/change-password body (userName|tenant|oldPassword|newPassword|newPasswordAgain):/,
  /^POST \/auth\/v3\/first-password body (code|newPassword|newPasswordAgain):/,
  /^POST \/auth\/v3\/second-step\/(code|invitation|totp\/confirm) body code:/,
  /^POST \/environment\/v3\/api-keys\/validate body data\.key: (a NUL|half)/,
  // A path has 512 characters at most, and these are compared with the form of an id first.
  /^\S+ \/environment\/v3\/\S+ params (id|serverId|keyId|key|personId|linkId):/,
  // Each document is read by `documentSchema` afterwards, and its spec by the schema of its kind (`specOfDocument`).
  /^POST \/environment\/v3\/apply body documents\.\[\]:/,
  /^POST \/auth\/v3\/internal\/documents body data\.documents\.\[\]\.spec\.\*:/,
  // Attributes have any name and spelling there: `scim/resource.ts` reads each by the same rule, which scim-attacks.test.ts tries.
  /^\S+ \/environment\/v3\/contact-centers\/:id\/scim\/v2\//,
];

// attack: NUL, lone surrogates, texts without end | OWASP ASVS 5.0 V2.2.1, CWE-158 | guard: packages/contracts/src/values/text.ts
it.each([
  ['Auth API', describeAuthApi, describeInternalAuthApi],
  ['Environment API', describeEnvironmentApi, describeInternalEnvironmentApi],
] as const)(
  'no field of %s takes a NUL, half a character, or a text of any length',
  async (_name, ...describers) => {
    const apps = describers as (typeof describeAuthApi)[];
    const routes = (await Promise.all(apps.map(routesOf))).flat();
    expect(routes.length).toBeGreaterThan(30);
    const found = routes
      // Parameters of OAuth are read by rules of their own.
      .filter(({ validatorCompiler }) => validatorCompiler !== describeOnly)
      .flatMap(({ method, url, schema = {} }) =>
        parts.flatMap((part) =>
          schema[part] === undefined
            ? []
            : acceptedTexts(schema[part]).map((field) => `${method} ${url} ${part} ${field}`),
        ),
      )
      .filter((field) => !compared.some((pattern) => pattern.test(field)));
    expect([...new Set(found)]).toEqual([]);
  },
);
