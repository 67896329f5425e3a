/** Looks whether passkeys work under the public host, and whether models can be proved where contact centres want that. */
import { type Probe, saidAs, worst } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import type { KeptPolicies } from '../../registry/contact-centers/kept-policies.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { MetadataSource } from './attestation/source.ts';
import type { RelyingParty, RelyingPartyState } from './relying-party.ts';

interface PasskeysProbeOptions {
  relyingParty: Pick<RelyingParty, 'state'>;
  metadata: Pick<MetadataSource, 'fault'>;
  policies: Pick<KeptPolicies, 'withPasskeys'>;
  contactCenters: Pick<ContactCenterService, 'get'>;
}

/** Warnings alone: people go on with their other factors, and the service stays ready. */
export function passkeysProbe(options: PasskeysProbeOptions): Probe {
  const { relyingParty, metadata, policies, contactCenters } = options;

  /** Names of those that want a proof of the model now: the policy may have changed since the last sign-in. */
  async function namesOf(offering: readonly string[]): Promise<string[]> {
    const views = await Promise.all(offering.map((id) => contactCenters.get(id).catch(() => undefined)));
    return views.flatMap((view) => (view?.secondFactor?.attestation === 'direct' ? [view.name] : []));
  }

  async function ofMetadata(offering: readonly string[]): Promise<Said[]> {
    const fault = await metadata.fault();
    if (fault === undefined) return [];
    if (fault.reason === 'old')
      return [say('probe.metadata.old', { file: fault.file, nextUpdate: fault.nextUpdate })];
    if (fault.reason === 'broken')
      return [say('probe.metadata.broken', { file: fault.file, detail: fault.detail })];
    const names = await namesOf(offering);
    return names.length === 0 ? [] : [say('probe.metadata.missing', { contactCenters: names.join(', ') })];
  }

  return {
    name: 'Passkeys',
    async run() {
      const [state, offering] = await Promise.all([relyingParty.state(), policies.withPasskeys()]);
      const ofHost = hostSentence(state);
      // An address that suits no passkeys is no problem where nobody may make one.
      const isAmiss = !state.isOn && (state.reason === 'host_changed' || offering.length > 0);
      const amiss = [...(isAmiss ? [ofHost] : []), ...(await ofMetadata(offering))];
      return worst(
        amiss.map((said) => saidAs('warning', [said])),
        ofHost,
      );
    },
  };
}

function hostSentence(state: RelyingPartyState): Said {
  if (state.isOn) return say('probe.passkeys.fine', { host: state.rpId });
  const { reason, host, storedRpId: stored = '' } = state;
  if (reason === 'host_changed') return say('probe.passkeys.hostChanged', { host, stored });
  return say(reason === 'ip_address' ? 'probe.passkeys.ipAddress' : 'probe.passkeys.plaintext', { host });
}
