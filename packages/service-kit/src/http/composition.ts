/** Composes the domains of a service one after another: each gets by name what those before it offer, and nothing of those after it. */
import type { Probe } from '../health/diagnosis.ts';
import type { ReadinessCheck } from '../health/readiness.ts';
import type { StartStep } from '../health/start.ts';
import type { App } from './app-type.ts';

/** The result of a `compose.ts`. `domains.ts` lists the domains; each part of all domains is used in the order of that list. */
export interface Domain<Audience extends string> {
  /** Functions that later domains call. */
  services?: unknown;
  mounts?: Mount<Audience>[];
  /** Steps that must succeed before the process takes requests. */
  start?: StartStep[];
  /** Begins background work, after every start. */
  work?(): void;
  ready?: ReadinessCheck[];
  /** Checks of the diagnosis. */
  probes?: Probe[];
  /** Encrypts what the domain stores with the active encryption key. */
  reencrypt?(): Promise<Reencrypted>;
  /** Called in the reverse order of the list. */
  close?(): unknown;
}

/**
 * Routes with those who call them: `app.ts` says by what each audience is guarded. The prefix is that of all paths, below the one that the audience
 * has; it is empty where the routes have whole paths.
 */
export type Mount<Audience extends string> = [
  audience: Audience,
  prefix: string,
  routes: (app: App) => unknown,
];

/** `remaining`: other writers kept them locked, so the command must run again. */
interface Reencrypted {
  sealed: number;
  remaining?: number;
}

export type ServicesOf<Compose extends (...dependencies: never[]) => { services?: unknown }> =
  ReturnType<Compose> extends { services: infer Services } ? Services : undefined;

interface Composition<Core, Services, OfService> {
  /** Adds a domain. The compiler refuses one that needs what no domain before it offers. */
  with<Name extends string, Added extends OfService>(
    name: Name,
    compose: (core: Core, services: Services, before: readonly OfService[]) => Added,
  ): Composition<
    Core,
    Services & Record<Name, Added extends { services: infer S } ? S : undefined>,
    OfService
  >;
  services: Services;
  domains: readonly OfService[];
}

/** Begins a list: `compositionOf<Domain>()(core, given)`. `given`: what is no domain, and is named as the services are. */
export const compositionOf =
  <OfService extends Domain<string>>() =>
  <Core, Given extends object>(core: Core, given: Given): Composition<Core, Given, OfService> =>
    continued(core, given, []);

function continued<Core, Services, OfService extends Domain<string>>(
  core: Core,
  services: Services,
  domains: OfService[],
): Composition<Core, Services, OfService> {
  return {
    services,
    domains,
    with(name, compose) {
      const added = compose(core, services, domains);
      return continued(core, { ...services, [name]: added.services } as never, [...domains, added]);
    },
  };
}

/** The steps of a service before it takes requests, each named by its dependency. */
export function startSteps(domains: readonly Domain<string>[]): StartStep[] {
  return [
    ...domains.flatMap(({ start }) => start ?? []),
    {
      name: 'background-work',
      run() {
        for (const { work } of domains) work?.();
      },
    },
  ];
}

/** Those that stop traffic come first; an advisory one is reported only. */
export function readinessChecks(domains: readonly Domain<string>[]): ReadinessCheck[] {
  const checks: ReadinessCheck[] = domains.flatMap(({ ready }) => ready ?? []);
  return [...checks.filter((check) => !check.isAdvisory), ...checks.filter((check) => check.isAdvisory)];
}

/** Registers what the domains mount for an audience. */
export function mountsOf<Audience extends string>(domains: readonly Domain<Audience>[]) {
  return async (scope: App, audience: Audience): Promise<void> => {
    for (const [wanted, prefix, routes] of domains.flatMap(({ mounts }) => mounts ?? []))
      if (wanted === audience) await scope.register(async (app: App) => void (await routes(app)), { prefix });
  };
}

/** Encrypts what all domains store, one domain after another. */
export async function reencryptDomains(
  domains: readonly Domain<string>[],
): Promise<{ sealed: number; remaining: number }> {
  const all = { sealed: 0, remaining: 0 };
  for (const { reencrypt } of domains) {
    const { sealed = 0, remaining = 0 } = (await reencrypt?.()) ?? {};
    all.sealed += sealed;
    all.remaining += remaining;
  }
  return all;
}

/** Closes the last domain first, and every one although another one fails. */
export async function closeDomains(domains: readonly Domain<string>[]): Promise<void> {
  const closers = new AsyncDisposableStack();
  for (const { close } of domains) closers.defer(async () => void (await close?.()));
  await closers.disposeAsync();
}
