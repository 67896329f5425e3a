/** Configures, migrates and launches the three services. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PlainError } from '../bootstrap/progress.mjs';
import type { ServiceDatabases } from './backing/databases.ts';
import { keyPrefix } from './backing/redis.ts';
import type { Ports } from './ports.ts';
import { nodeArguments, nodeProgram, repositoryFolder } from './processes/node-program.ts';
import type { SupervisedProgram } from './processes/supervised.ts';
import { authorityMapping, operator } from './provisioning/demo.ts';
import type { Secrets } from './state/secrets.ts';

export interface ServicePlan {
  publicUrl: string;
  playgroundUrl: string;
  compat: boolean;
  ports: Ports;
  databases: ServiceDatabases;
  redisUrl: string;
  secrets: Secrets;
  /** Further settings of both APIs, which win. */
  more?: NodeJS.ProcessEnv;
  /** Where the services call each other. Default: at `ports`. */
  neighbours?: Record<ServiceName, ServiceAddress>;
  /** Folder of the checkout whose services run. Default: this one. */
  tree?: string | undefined;
}

export const serviceNames = ['auth-api', 'auth-ui', 'environment-api'] as const;
export type ServiceName = (typeof serviceNames)[number];

export const serviceListeners = [
  'authApi',
  'authApiManagement',
  'authApiInternal',
  'authUi',
  'authUiManagement',
  'environmentApi',
  'environmentApiManagement',
  'environmentApiInternal',
] as const;

export interface ServiceAddress {
  url: string;
  managementUrl: string;
  /** Of the listener for the other services. */
  internalUrl?: string;
}

export function serviceAddresses(ports: Ports): Record<ServiceName, ServiceAddress> {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    'auth-api': {
      url: at(ports.authApi),
      managementUrl: at(ports.authApiManagement),
      internalUrl: at(ports.authApiInternal),
    },
    'auth-ui': { url: at(ports.authUi), managementUrl: at(ports.authUiManagement) },
    'environment-api': {
      url: at(ports.environmentApi),
      managementUrl: at(ports.environmentApiManagement),
      internalUrl: at(ports.environmentApiInternal),
    },
  };
}

export function servicePrograms(plan: ServicePlan): SupervisedProgram[] {
  const addresses = serviceAddresses(plan.ports);
  return serviceNames.map((name) =>
    nodeProgram({
      name,
      file: mainFile(name),
      env: serviceEnvironment(name, plan),
      tree: plan.tree,
      isReady: () => isReady(addresses[name].managementUrl),
    }),
  );
}

/** Brings both schemas to the version of the tree. */
export async function migrateDatabases(plan: ServicePlan): Promise<void> {
  await Promise.all([migrateOne('auth-api', plan), migrateOne('environment-api', plan)]);
}

async function migrateOne(name: ServiceName, plan: ServicePlan): Promise<void> {
  const child = spawn(process.execPath, nodeArguments(mainFile(name), ['migrate'], plan.tree), {
    cwd: plan.tree ?? repositoryFolder,
    env: { ...process.env, ...serviceEnvironment(name, plan) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-4000);
    });
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new PlainError(`The migrations of ${name} failed (${signal ?? code}):\n${output.trim()}`);
}

export function mainFile(name: ServiceName): string {
  return `services/${name}/dist/bundle/main.js`;
}

function serviceEnvironment(name: ServiceName, plan: ServicePlan): NodeJS.ProcessEnv {
  const common = { ...processEnvironment(name, plan), ...serviceClientEnvironment(plan) };
  if (name === 'auth-ui')
    return {
      ...common,
      GATEHOUSE_FRONT_PAGE_PLAYGROUND_URL: plan.playgroundUrl,
      GATEHOUSE_FRONT_PAGE_DOCUMENTATION_URL: `${plan.playgroundUrl}/docs/README.md`,
    };
  return {
    ...common,
    ...redisEnvironment(plan.redisUrl),
    GATEHOUSE_POSTGRES_URL: name === 'auth-api' ? plan.databases.authUrl : plan.databases.environmentUrl,
    GATEHOUSE_ENCRYPTION_KEYS: plan.secrets.encryptionKeys,
    GATEHOUSE_OPS_USERNAME: operator.username,
    GATEHOUSE_OPS_PASSWORD: operator.password,
    GATEHOUSE_COMPAT_ENABLED: String(plan.compat),
    // The playground shows the documents.
    GATEHOUSE_OPENAPI_ENABLED: 'true',
    // Applications under trial run here too: their key sets and logout addresses may be on this machine.
    GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
    // The sign-in page offers to keep its users signed in.
    GATEHOUSE_SESSION_REMEMBER_SECONDS: '2592000',
    ...(name === 'auth-api' && { GATEHOUSE_AUTHORITY_MAPPING: authorityMapping }),
    ...plan.more,
  };
}

function processEnvironment(name: ServiceName, { publicUrl, ports }: ServicePlan): NodeJS.ProcessEnv {
  const { url, managementUrl, internalUrl } = serviceAddresses(ports)[name];
  return {
    GATEHOUSE_MODE: 'local',
    GATEHOUSE_PUBLIC_URL: publicUrl,
    GATEHOUSE_HTTP_HOST: '127.0.0.1',
    GATEHOUSE_HTTP_PORT: new URL(url).port,
    GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
    GATEHOUSE_MANAGEMENT_PORT: new URL(managementUrl).port,
    GATEHOUSE_INTERNAL_HOST: '127.0.0.1',
    GATEHOUSE_INTERNAL_PORT: internalUrl && new URL(internalUrl).port,
    GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1/32',
    GATEHOUSE_DPOP_ORIGINS: name === 'environment-api' ? `${publicUrl},${url}` : undefined,
    // No load balancer has to notice that the process is leaving.
    GATEHOUSE_DRAIN_DELAY_MS: '0',
    GATEHOUSE_SHUTDOWN_TIMEOUT_MS: '5000',
  };
}

function serviceClientEnvironment({ ports, neighbours, secrets }: ServicePlan): NodeJS.ProcessEnv {
  const addresses = neighbours ?? serviceAddresses(ports);
  return {
    GATEHOUSE_SERVICE_CLIENT_ID: 'gatehouse-services',
    GATEHOUSE_SERVICE_CLIENT_SECRET: secrets.serviceClientSecret,
    GATEHOUSE_AUTH_API_URL: addresses['auth-api'].url,
    GATEHOUSE_AUTH_API_INTERNAL_URL: addresses['auth-api'].internalUrl,
    GATEHOUSE_ENVIRONMENT_API_URL: addresses['environment-api'].url,
    GATEHOUSE_ENVIRONMENT_API_INTERNAL_URL: addresses['environment-api'].internalUrl,
  };
}

/** The address goes without its credentials: they have variables of their own, which are never logged. */
function redisEnvironment(redisUrl: string): NodeJS.ProcessEnv {
  const url = new URL(redisUrl);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  return {
    GATEHOUSE_REDIS_URL: url.href,
    GATEHOUSE_REDIS_KEY_PREFIX: keyPrefix,
    GATEHOUSE_REDIS_USERNAME: username ? decodeURIComponent(username) : undefined,
    GATEHOUSE_REDIS_PASSWORD: password ? decodeURIComponent(password) : undefined,
  };
}

const isReady = (managementUrl: string) => answers(`${managementUrl}/readyz`);

/** Whether there is an answer 200 within two seconds. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
