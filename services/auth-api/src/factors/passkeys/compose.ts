/** Composes the passkeys of people: made, used, listed, removed. */
import type { Config } from '../../config.ts';
import type { Core } from '../../core/domain.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { Primary } from '../store/primary.ts';
import { createMetadataSource } from './attestation/source.ts';
import { createAuthentications } from './authentications.ts';
import { createChallenges } from './challenges.ts';
import { createPasskeys } from './passkeys.ts';
import { passkeysProbe } from './probe.ts';
import { createRegistrations } from './registrations.ts';
import { createRelyingParty } from './relying-party.ts';

interface PasskeyDependencies {
  config: Pick<Config, 'passkeys'>;
  contactCenters: {
    service: Pick<ContactCenters['service'], 'get'>;
    keptPolicies: Pick<ContactCenters['keptPolicies'], 'withPasskeys'>;
  };
  events: FactorEvents;
  primary: Primary;
  /** Instead of the certificates of the FIDO Alliance. */
  metadataRoots?: readonly string[];
}

export type PasskeyCore = Pick<
  Core,
  'pool' | 'redis' | 'keyspace' | 'publicUrl' | 'log' | 'now' | 'requireWritable'
>;

export function composePasskeys(core: PasskeyCore, dependencies: PasskeyDependencies) {
  const { pool: db, publicUrl, requireWritable, log, now } = core;
  const { config, primary, events, metadataRoots: roots } = dependencies;
  const { service: contactCenters, keptPolicies: policies } = dependencies.contactCenters;
  const challenges = createChallenges(core.redis, core.keyspace);
  const relyingParty = createRelyingParty({ publicUrl, db, now });
  const metadata = createMetadataSource({ file: config.passkeys.metadataFile, roots, now, log });
  const parts = { db, primary, requireWritable, challenges, relyingParty, events, now, log };
  const services = {
    relyingParty,
    registrations: createRegistrations({ ...parts, metadata }),
    authentications: createAuthentications(parts),
    service: createPasskeys(parts),
  };
  const report = async () => {
    await metadata.current();
    const state = await relyingParty.state();
    if (state.isOn) return;
    const { isOn: _, ...why } = state;
    if (state.reason === 'host_changed')
      log.error(why, 'passkeys are off: the stored ones are of another public host');
    else log.info(why, 'passkeys are not offered under this public URL');
  };
  return {
    services,
    probe: passkeysProbe({ relyingParty, metadata, policies, contactCenters }),
    /** The operator reads in the log what is wrong; nothing waits for it. */
    work: () => void report().catch((err) => log.warn({ err }, 'the RP ID of the passkeys is not known yet')),
  };
}
