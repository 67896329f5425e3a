/** Composes domains one after another: each gets by name what those before it offer, and nothing of those after it. */
import type { ReadinessCheck, StartStep } from '@gatehouse/service-kit/health';
import type { Core } from './core.ts';
import type { Domain } from './domain.ts';

interface Composition<Services> {
  /** Adds a domain. The compiler refuses one that needs what no domain before it offers. */
  with<Name extends string, Added extends Domain>(
    name: Name,
    compose: (core: Core, services: Services, before: readonly Domain[]) => Added,
  ): Composition<Services & Record<Name, Added extends { services: infer S } ? S : undefined>>;
  services: Services;
  domains: readonly Domain[];
}

/** `given`: what is no domain, and is named as the services are. */
export function begin<Given extends object>(core: Core, given: Given): Composition<Given> {
  return continued(core, given, []);
}

function continued<Services>(core: Core, services: Services, domains: Domain[]): Composition<Services> {
  return {
    services,
    domains,
    with(name, compose) {
      const added = compose(core, services, domains);
      return continued(core, { ...services, [name]: added.services } as never, [...domains, added]);
    },
  };
}

/** What Auth API does before it takes requests, each step named by what it needs. */
export function startSteps(domains: readonly Domain[]): StartStep[] {
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
export function readinessChecks(domains: readonly Domain[]): ReadinessCheck[] {
  const checks: ReadinessCheck[] = domains.flatMap(({ ready }) => ready ?? []);
  return [...checks.filter((check) => !check.isAdvisory), ...checks.filter((check) => check.isAdvisory)];
}

/** Closes the last domain first, and every one although another one fails. */
export async function closeDomains(domains: readonly Domain[]): Promise<void> {
  const closers = new AsyncDisposableStack();
  for (const { close } of domains) closers.defer(async () => void (await close?.()));
  await closers.disposeAsync();
}
