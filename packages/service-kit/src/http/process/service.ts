/** Describes a service to the process that runs it. */
import type { ConfigOf, Configuration } from '../../config/configuration.ts';
import type { TracingConfig } from '../../config/shared-settings.ts';
import type { ReadinessCheck } from '../../health/readiness.ts';
import type { Ask, ReleasePlaces } from '../../health/release-check.ts';
import type { StartStep } from '../../health/start.ts';
import type { Logger } from '../../observability/logging/logger.ts';
import type { Metrics } from '../../observability/metrics/registry.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import type { App } from '../app-type.ts';
import type { Drain } from '../drain.ts';

/** The tools that every service gets from its process. */
export interface Kit {
  log: Logger;
  metrics: Metrics;
  drain: Drain;
  version: string;
  /** Absent where tracing is off. */
  tracing?: Tracing | undefined;
  /** Collects the routes for the OpenAPI document instead of serving. */
  describesApi?: boolean;
}

export interface Service<C extends Configuration, D> {
  configuration: C;
  /** URL of the service's package.json, for its version. */
  packageUrl: URL;
  /** Creates pools and clients. It waits for no dependency: `startSteps` do. */
  createDeps(config: ConfigOf<C>, kit: Kit): Promise<D>;
  closeDeps(deps: D): Promise<void>;
  buildApp(deps: D): Promise<App>;
  /** Builds the listener for the other services of the installation. */
  buildInternalApp?(deps: D): Promise<App>;
  /** Steps that must succeed, in this order, before the process takes requests. */
  startSteps?(deps: D): StartStep[];
  readinessChecks(deps: D): ReadinessCheck[];
  /** Asks the installed release what its callers ask. @throws Error with one sentence for the operator */
  checkRelease(config: ConfigOf<C>, places: ReleasePlaces, ask: Ask): Promise<void>;
  /** Migrates the database to this version. */
  migrate?(config: ConfigOf<C>, log: Logger): Promise<void>;
  /** Commands that an operator runs by name; the process ends with them. */
  commands?: Record<string, (deps: D, log: Logger) => Promise<void>>;
  /** Builds the routes without dependencies, for the OpenAPI document. */
  describe(kit: Kit): Promise<App>;
  /** Where a serving process sends its log lines besides standard output; absent or undefined: nowhere. */
  shipLogs?(config: ConfigOf<C>): Promise<LogShipping | undefined>;
}

/** Receives every log line as JSON and sends it on; `start` begins to send, `close` sends what is left. */
export interface LogShipping {
  write(line: string): void;
  start(log: Logger): void;
  close(): Promise<void>;
}

/** The settings that every service has. */
export interface CommonConfig {
  log: { level: string; format: 'json' | 'pretty'; bufferBytes: number };
  tracing?: TracingConfig;
  http: {
    host: string;
    port: number;
    managementHost: string;
    managementPort: number;
    drainDelayMs: number;
    shutdownTimeoutMs: number;
  };
  internal?: { host: string; port: number };
}
