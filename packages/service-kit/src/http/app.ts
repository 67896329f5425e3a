/** Builds a Fastify application with everything around its routes: limits, ids, errors, schemas, logs, metrics. */
import { definedOnly } from '@gatehouse/contracts/values';
import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import Fastify, {
  type FastifyBaseLogger,
  type FastifySerializerCompiler,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { TlsFiles } from '../config/http.ts';
import { membersOf } from '../config/networks.ts';
import { notFound } from '../errors/app-error.ts';
import { envelopeErrorHandler } from '../errors/render-envelope.ts';
import type { Logger } from '../observability/logging/logger.ts';
import type { Metrics } from '../observability/metrics/registry.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { observeRequests } from './access-log.ts';
import type { App } from './app-type.ts';
import { acceptEmptyJson, letOversizedBodiesEnd } from './bodies.ts';
import { correlateWork, requestIdOf } from './correlation.ts';
import { type ApiDescription, describeApi } from './description.ts';
import { closeConnectionsWhileDraining, type Drain } from './drain.ts';
import { type ErrorHandlerAt, hidePaths, knowRoutes, refuseAddress, wrongMethod } from './known-paths.ts';
import { plainUrl } from './plain-paths.ts';
import { requestLogger } from './request-logger.ts';
import { followTlsFiles, httpsOptions } from './tls.ts';
import { type ProxyWatch, recordForwarding } from './untrusted-proxy.ts';

export type { App } from './app-type.ts';

export interface AppOptions {
  log: Logger;
  metrics: Metrics;
  http: {
    bodyLimitBytes: number;
    requestTimeoutMs: number;
    trustedProxies: readonly string[];
    logRequests?: 'failures' | 'all';
    tls?: TlsFiles;
  };
  drain?: Drain;
  proxyWatch?: ProxyWatch;
  tracing?: Tracing | undefined;
  /** For addresses that the router refuses; without it, all of them get the envelope. */
  errorHandlerAt?: ErrorHandlerAt;
  /** Collects the routes for the OpenAPI document, which a serving process does not need. */
  describesApi?: boolean | undefined;
  openapi?: ApiDescription;
}

type ResponseSchema = z.ZodType | { properties: z.ZodType };

/** Shared by the routes with the same schema: a serializer is tens of kilobytes of code. */
const compiled = new WeakMap<z.ZodType, (value: unknown) => string>();

/** Returns an application that is ready for routes and does not listen yet. Errors are rendered in the v3 envelope unless a scope says otherwise. */
export async function createApp(options: AppOptions): Promise<App> {
  const { http } = options;
  const https = http.tls && httpsOptions(http.tls);
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    // The access log writes one line for a request instead of Fastify's two.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'correlationId' }),
    genReqId: requestIdOf,
    childLoggerFactory: requestLogger,
    bodyLimit: http.bodyLimitBytes,
    requestTimeout: http.requestTimeoutMs,
    keepAliveTimeout: 72_000,
    // Addresses only: a hop count would trust any sender of the header.
    trustProxy: http.trustedProxies.length > 0 ? membersOf(http.trustedProxies) : false,
    return503OnClosing: false,
    allowErrorHandlerOverride: false,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 512 },
    rewriteUrl: plainUrl,
    frameworkErrors: refuseAddress(options.errorHandlerAt),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'remove',
    ...definedOnly({ https }),
  } as FastifyServerOptions).withTypeProvider<ZodTypeProvider>() as unknown as App;
  if (http.tls) followTlsFiles(app, http.tls, options.log);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(options.describesApi ? compileAtOnce : compileWhenSent);
  app.setErrorHandler(envelopeErrorHandler);
  hidePaths(app);
  knowRoutes(app);
  app.setNotFoundHandler((request, reply) => {
    const wrong = wrongMethod(request, reply);
    if (wrong !== undefined) return wrong.scope.errorHandler(wrong.error as never, request, reply);
    throw notFound(`There is nothing at ${request.method} ${app.shownPathOf(request)}`);
  });
  acceptEmptyJson(app);
  letOversizedBodiesEnd(app);
  // Before all other hooks, so that they belong to the span.
  if (options.tracing) await app.register(options.tracing.requests);
  correlateWork(app);
  observeRequests(app, { ...options, logsSuccesses: http.logRequests === 'all' });
  if (options.proxyWatch) recordForwarding(app, options.proxyWatch);
  if (options.drain) closeConnectionsWhileDraining(app, options.drain);
  if (options.openapi && options.describesApi) await describeApi(app, options.openapi);
  return app;
}

/**
 * Keys that the schema does not name are left out; a required key that is missing is an error.
 * Response schemas must be plain: a transform has no JSON schema. A schema is compiled by its first answer, because an API has
 * hundreds and a replica that starts needs few of them. A process that describes the API compiles all and refuses a wrong one.
 */
const compileWhenSent: FastifySerializerCompiler<ResponseSchema> = (route) => (answer) =>
  compileAtOnce(route)(answer);

const compileAtOnce: FastifySerializerCompiler<ResponseSchema> = ({ schema }) => {
  const properties = 'properties' in schema ? schema.properties : schema;
  const known = compiled.get(properties);
  if (known) return known;
  const jsonSchema = z.toJSONSchema(properties, { target: 'draft-7', io: 'output' });
  const serialize = fastJsonStringify(jsonSchema as Schema);
  compiled.set(properties, serialize);
  return serialize;
};
