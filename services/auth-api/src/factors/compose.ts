/** Composes the second factors of people: passkeys, one-time codes, recovery codes, remembered devices, invitations, and their limits. */
import type { Config } from '../config.ts';
import type { Core, Domain, ServicesOf } from '../core/domain.ts';
import type { Audit } from '../records/audit/compose.ts';
import type { RevocationParts } from '../records/revocation/compose.ts';
import type { PersonKey } from '../records/revocation/revocation.ts';
import type { ContactCenters } from '../registry/contact-centers/compose.ts';
import { createFactorEnds } from './administration/ends.ts';
import { createAttempts } from './attempts/attempts.ts';
import { createKnownBrowsers } from './attempts/known-browsers.ts';
import { createPasswordChanges } from './devices/password-changes.ts';
import { createRememberedDevices } from './devices/service.ts';
import { createInvitations } from './enrolment/invitations.ts';
import { composePasskeys } from './passkeys/compose.ts';
import { createRecovery } from './recovery/service.ts';
import { reencryptFactors } from './reencrypt.ts';
import { createFactorEvents } from './store/factor-events.ts';
import { countHeld } from './store/held.ts';
import { listHistory } from './store/history.ts';
import { createPrimary } from './store/primary.ts';
import { createTotp } from './totp/service.ts';

interface FactorDependencies {
  config: Pick<Config, 'encryption' | 'region' | 'passkeys' | 'totp'>;
  audit: Audit;
  revocation: RevocationParts;
  contactCenters: ContactCenters;
}

export type Factors = ServicesOf<typeof composeFactors>;

export function composeFactors(
  core: Core,
  { config, audit, revocation, contactCenters }: FactorDependencies,
) {
  const { pool, writer, isWritable, requireWritable, secretBox, now, log } = core;
  const encryptionKeys = config.encryption.keys;
  const primary = createPrimary({ writer, isWritable, writableLocation: config.region.writableLocation });
  const knownBrowsers = createKnownBrowsers(encryptionKeys, now);
  const events = createFactorEvents({
    writer: audit.writer,
    floodLimited: audit.floodLimited({ maxPerAddress: 100, maxTotal: 300 }),
  });
  const attempts = createAttempts({ primary, knownBrowsers, events });
  const common = { db: pool, primary, requireWritable, secretBox, attempts, events, now };
  const devices = createRememberedDevices({ ...common, revocations: revocation.revocations, log });
  const passwordChanges = createPasswordChanges({ devices, log });
  audit.recorded.follow(passwordChanges.follow);
  const ends = createFactorEnds(common);
  const passkeys = composePasskeys(core, { config, primary, contactCenters, events });
  return {
    services: {
      totp: createTotp(common),
      /** Of new apps. */
      appForm: config.totp,
      passkeys: passkeys.services,
      recovery: createRecovery(common),
      devices,
      invitations: createInvitations({ ...common, encryptionKeys }),
      knownBrowsers,
      ends,
      /** Counts what the person has. @throws AppError (503): nobody passes for somebody without a factor */
      held: (person: PersonKey) => primary.askOrCopy(pool, (db) => countHeld(db, person)),
      history: (person: PersonKey) => listHistory(pool, person),
    },
    follows: { deletedContactCenter: ends.forgetContactCenter },
    reencrypt: () => reencryptFactors(pool, secretBox),
    probes: [passkeys.probe],
    work: passkeys.work,
    close: passwordChanges.close,
  } satisfies Domain;
}
