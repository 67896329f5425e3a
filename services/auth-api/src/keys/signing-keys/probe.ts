/** Checks whether this replica can sign, with keys that are stored, known to it and not overdue for rotation. */

import { signingAlgorithms } from '@gatehouse/contracts/resources';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { type Probe, saidAs, type Verdict, worst } from '@gatehouse/service-kit/health';
import type { Metrics } from '@gatehouse/service-kit/observability';
import { say } from '@gatehouse/service-kit/sentences';
import type { SigningKeys } from './key-ring.ts';
import type { SigningKeyService } from './signing-keys.ts';
import { type StoredKey, signingKeyPlace } from './store.ts';

export interface SigningKeysProbeOptions {
  service: Pick<SigningKeyService, 'keys' | 'list'>;
  secretBox: SecretBox;
  now: Clock;
  /** 0: nothing rotates by itself. */
  rotationMs: number;
}

/** The schedule runs every minute: a rotation that is a day late has failed. */
const overdueMs = 86_400_000;

export function signingKeysProbe(options: SigningKeysProbeOptions): Probe {
  const { service, secretBox } = options;
  return {
    name: 'signing keys',
    async run() {
      const stored = await service.list();
      const faults = [
        ...stored.flatMap((key) => sealFaults(key, secretBox)),
        ...signingAlgorithms.flatMap((algorithm) => memoryFaults(algorithm, stored, options)),
      ];
      const { algorithm, kid } = service.keys.active('RS256');
      return worst(faults, say('probe.keys.fine', { count: stored.length, kid, algorithm }));
    },
  };
}

function sealFaults({ kid, privateKey }: StoredKey, box: SecretBox): Verdict[] {
  if (privateKey === undefined) return [];
  try {
    box.open(privateKey, signingKeyPlace(kid));
  } catch (error) {
    return [saidAs('failed', [say('probe.keys.closed', { kid, detail: (error as Error).message })])];
  }
  if (box.isCurrent(privateKey)) return [];
  return [saidAs('warning', [say('probe.keys.otherSeal', { kid, active: box.activeKeyId })])];
}

function memoryFaults(
  algorithm: (typeof signingAlgorithms)[number],
  stored: readonly StoredKey[],
  { service, now, rotationMs }: SigningKeysProbeOptions,
): Verdict[] {
  const { kid, activatedAtMs } = service.keys.active(algorithm);
  if (!stored.some((key) => key.kid === kid && key.state === 'active'))
    return [saidAs('warning', [say('probe.keys.notActive', { algorithm, kid })])];
  const ageMs = now() - (activatedAtMs ?? now());
  if (rotationMs === 0 || ageMs <= rotationMs + overdueMs) return [];
  const days = Math.floor(ageMs / 86_400_000);
  return [saidAs('warning', [say('probe.keys.overdue', { algorithm, kid, days })])];
}

/** Operators alert on a rotation that did not happen. */
export function observeKeyAges(metrics: Metrics, keys: SigningKeys, now: Clock): void {
  metrics.gauge(
    'gatehouse_signing_key_age_seconds',
    'How long the key that signs has been signing.',
    ['algorithm'],
    (gauge) => {
      for (const { state, algorithm, activatedAtMs } of keys.all) {
        if (state === 'active') gauge.set({ algorithm }, (now() - (activatedAtMs ?? now())) / 1000);
      }
    },
  );
}
