/** Learns from the directories when they lock accounts, so that attempts stay below it. */
import { hash } from 'node:crypto';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { LRUCache } from 'lru-cache';
import { canonicalTenant } from '../../registry/contact-centers/fold-name.ts';
import type { EnvironmentLinks } from '../directories/environment-links.ts';
import type { LockoutRules } from './attempts/budget.ts';
import { readLockoutOptions } from './attempts/lockout-options.ts';

interface LockoutSettings {
  /** Of directories that lock without showing it; undefined: the operator knows of none. */
  threshold: number | undefined;
  windowMs: number;
}

export interface LockoutRulesOptions {
  links: Pick<EnvironmentLinks, 'open'>;
  /** Where a directory shows no rule. */
  settings: LockoutSettings;
  log: Logger;
  now: Clock;
}

export type LockoutRulesReader = ReturnType<typeof createLockoutRules>;

const freshMs = 10 * 60_000;
const retryMs = 10_000;
/** A server that hangs must not keep an attempt from its answer. */
const readTimeoutMs = 2_000;
const maxEnvironments = 1_000;
/** Where nobody knows whether the directory locks. */
const cautiousThreshold = 6;

export function createLockoutRules({ links, settings, log, now }: LockoutRulesOptions) {
  const { windowMs, threshold = cautiousThreshold } = settings;
  const fallback: LockoutRules = { threshold, windowMs, from: 'settings' };
  const never: LockoutRules = { threshold: 0, windowMs, from: 'server' };
  const known = new LRUCache<string, { rules: LockoutRules; freshUntilMs: number }>({ max: maxEnvironments });
  const running = new Map<string, Promise<void>>();

  const ask = async (contactCenter: ContactCenterView): Promise<LockoutRules> => {
    const signal = AbortSignal.timeout(readTimeoutMs);
    const link = await links.open(contactCenter, signal);
    if (await link.neverLocks({ signal })) return never;
    const rules = readLockoutOptions(await link.readTenants({ signal }), link.tenantDbid);
    // Behind a Configuration Server, another directory may verify the passwords; only the operator can know when that one locks.
    if (rules === 'never') return settings.threshold === undefined ? never : fallback;
    return rules ?? fallback;
  };

  const read = async (contactCenter: ContactCenterView) => {
    const { environmentId } = contactCenter;
    try {
      const rules = await ask(contactCenter);
      known.set(environmentId, { rules, freshUntilMs: now() + freshMs });
    } catch (error) {
      log.debug({ err: error, environmentId }, 'the lock-out rules of an environment could not be read');
      const rules = known.get(environmentId)?.rules ?? fallback;
      known.set(environmentId, { rules, freshUntilMs: now() + retryMs });
    }
  };

  /** Concurrent questions about one environment are one question. */
  const refresh = (contactCenter: ContactCenterView): Promise<void> => {
    const { environmentId } = contactCenter;
    const started =
      running.get(environmentId) ?? read(contactCenter).finally(() => running.delete(environmentId));
    running.set(environmentId, started);
    return started;
  };

  /** The same for each spelling of an unknown tenant, and one that some environment has: it must not stand out. */
  const rulesOfNobody = (tenant: string): LockoutRules => {
    const environments = [...known.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
    const digest = hash('sha256', canonicalTenant(tenant), 'buffer').readUInt32BE();
    return environments[digest % Math.max(1, environments.length)]?.[1].rules ?? fallback;
  };

  /** Never rejects: what cannot be read now is replaced by what was read before, or by the settings. */
  return async (contactCenter: ContactCenterView | undefined, tenant = ''): Promise<LockoutRules> => {
    if (contactCenter === undefined) return rulesOfNobody(tenant);
    const entry = known.get(contactCenter.environmentId);
    if (entry === undefined) await refresh(contactCenter);
    else if (entry.freshUntilMs <= now()) void refresh(contactCenter);
    return known.get(contactCenter.environmentId)?.rules ?? fallback;
  };
}
