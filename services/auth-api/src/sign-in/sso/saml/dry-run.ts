/** Performs the steps of a dry run for SAML. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { saidAs, type Verdict } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import { warnBeforeMs } from '../certificates.ts';
import { type CheckStep, passed, warning } from '../check-step.ts';
import type { SamlSignOn } from '../settings.ts';
import { openedAlgorithms } from './encrypted-assertion.ts';
import { entityOf } from './entity.ts';
import type { IdentityProvider } from './idp-metadata.ts';
import type { IdentityProviders } from './idp-source.ts';
import type { BeginSaml } from './request.ts';

export function createSamlChecks(deps: {
  issuer: string;
  providers: IdentityProviders;
  begin: BeginSaml;
  now: Clock;
}): (settings: SamlSignOn) => CheckStep[] {
  const { issuer, providers, begin, now } = deps;

  return (settings) => {
    const entity = entityOf(issuer, settings);
    const provider = () => providers.of(settings);
    return [
      {
        name: 'our names',
        async run() {
          const { entityId, acsUrl: address, metadataUrl: metadata } = entity;
          return passed(say('signOn.names.saml', { entityId, address, metadata }));
        },
      },
      {
        name: 'metadata',
        run: async () => {
          const { entityId, signOnPost, signOnRedirect } = await provider();
          const bindings = [
            ...(signOnRedirect ? ['HTTP-Redirect'] : []),
            ...(signOnPost ? ['HTTP-POST'] : []),
          ];
          const read = say('signOn.metadata.read', { entityId, bindings });
          if (settings.idpMetadataCertificate === undefined) return passed(read);
          return passed(read, say('signOn.metadata.signed'));
        },
      },
      { name: 'certificates', run: async () => certificates(await provider(), now()) },
      {
        name: 'request',
        run: async () => {
          const flow = {
            protocol: 'saml' as const,
            contactCenterId: settings.contactCenterId,
            location: settings.location,
            browserHash: '',
            startedAtMs: now(),
            isForced: false,
          };
          const providerRequest = await begin(settings, flow, { flowId: 'dry run', browser: '' });
          const { origin, pathname } = new URL(
            providerRequest.kind === 'form' ? providerRequest.action : providerRequest.location,
          );
          const address = `${origin}${pathname}`;
          return passed(say(`signOn.request.${settings.signRequests ? 'signed' : 'plain'}`, { address }));
        },
      },
      {
        name: 'logout',
        run: async () => {
          if (!settings.logout) return passed(say('signOn.logout.off'));
          const { logoutRedirect: address } = await provider();
          if (address !== undefined) return passed(say('signOn.logout.to', { address }));
          return warning(say('signOn.logout.missing', { name: 'SingleLogoutService (HTTP-Redirect)' }));
        },
      },
      { name: 'encryption', run: async () => encryption(settings) },
      { name: 'answer', run: async () => saidAs('skipped', untried(settings)) },
    ];
  };
}

function encryption({ encryptAssertions }: SamlSignOn): Verdict {
  if (!encryptAssertions) return passed(say('signOn.encryption.off'));
  return passed(say('signOn.encryption.on', { algorithms: openedAlgorithms }));
}

function untried({ userNameSource, userNameAttribute, groupsAttribute, ...settings }: SamlSignOn): Said[] {
  return [
    userNameSource === 'nameId'
      ? say('signOn.untried.nameId')
      : say('signOn.untried.attribute', { name: userNameAttribute ?? '' }),
    ...(settings.encryptAssertions ? [say('signOn.untried.encryption')] : []),
    ...(groupsAttribute ? [say('signOn.untried.groups', { name: groupsAttribute })] : []),
    ...(settings.allowIdpInitiated ? [say('signOn.untried.begun')] : []),
    ...(settings.logout ? [say('signOn.untried.logout')] : []),
  ];
}

function certificates({ certificateEndsMs }: IdentityProvider, nowMs: number): Verdict {
  const endsMs = Math.max(...certificateEndsMs);
  const found = { count: certificateEndsMs.length, endsAt: new Date(endsMs).toISOString() };
  if (endsMs - nowMs > warnBeforeMs) return passed(say('signOn.certificates.good', found));
  return warning(say(`signOn.certificates.${endsMs > nowMs ? 'end' : 'ended'}`, found));
}
