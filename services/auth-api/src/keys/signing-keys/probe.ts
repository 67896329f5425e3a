/** Checks whether this replica can sign, with keys that are stored, known to it and not overdue for rotation. */

import { signingAlgorithms } from '@gatehouse/contracts/resources';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { type Probe, type Verdict, worst } from '@gatehouse/service-kit/health';
import type { Metrics } from '@gatehouse/service-kit/observability';
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
      const verdicts = [
        ...stored.map((key) => sealVerdict(key, secretBox)),
        ...signingAlgorithms.map((algorithm) => memoryVerdict(algorithm, stored, options)),
      ];
      const { algorithm, kid } = service.keys.active('RS256');
      return worst(
        verdicts,
        `${stored.length} keys are stored and open; ${kid} signs ${algorithm}, published as /auth/v3/oauth/jwks.`,
      );
    },
  };
}

function sealVerdict({ kid, privateKey }: StoredKey, box: SecretBox): Verdict {
  if (privateKey === undefined) return { status: 'ok', message: '' };
  try {
    box.open(privateKey, signingKeyPlace(kid));
  } catch (error) {
    const fix = 'put the key that sealed it back into GATEHOUSE_ENCRYPTION_KEYS';
    return {
      status: 'failed',
      message: `The key ${kid} does not open (${(error as Error).message}): ${fix}.`,
    };
  }
  if (box.isCurrent(privateKey)) return { status: 'ok', message: '' };
  return {
    status: 'warning',
    message: `The key ${kid} is sealed with another key than ${box.activeKeyId}: run the command reencrypt.`,
  };
}

function memoryVerdict(
  algorithm: (typeof signingAlgorithms)[number],
  stored: readonly StoredKey[],
  { service, now, rotationMs }: SigningKeysProbeOptions,
): Verdict {
  const { kid, activatedAtMs } = service.keys.active(algorithm);
  if (!stored.some((key) => key.kid === kid && key.state === 'active'))
    return {
      status: 'warning',
      message: `This replica signs ${algorithm} with ${kid}, which is not the active key any more: it has not heard of the rotation.`,
    };
  const ageMs = now() - (activatedAtMs ?? now());
  if (rotationMs > 0 && ageMs > rotationMs + overdueMs)
    return {
      status: 'warning',
      message: `The ${algorithm} key ${kid} signs for ${Math.floor(ageMs / 86_400_000)} days: its rotation is overdue.`,
    };
  return { status: 'ok', message: '' };
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
