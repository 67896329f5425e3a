/** Performs the steps of a dry run for SAML. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { warnBeforeMs } from '../certificates.ts';
import type { CheckStep } from '../dry-run.ts';
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
        run: async () =>
          `entity id ${entity.entityId}, assertion consumer ${entity.acsUrl}, metadata ${entity.metadataUrl}`,
      },
      {
        name: 'metadata',
        run: async () => {
          const { entityId, signOnPost, signOnRedirect } = await provider();
          const ways = [signOnRedirect && 'redirect', signOnPost && 'post'].filter(Boolean).join(' and ');
          const proof = settings.idpMetadataCertificate === undefined ? '' : '; its signature holds';
          return `${entityId}, which takes requests by ${ways}${proof}`;
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
          return `a browser would go to ${origin}${pathname}${settings.signRequests ? ', with a signed request' : ''}`;
        },
      },
      {
        name: 'logout',
        run: async () => {
          if (!settings.logout)
            return 'signing out here leaves the identity provider signed in (logout is off)';
          const { logoutRedirect } = await provider();
          if (logoutRedirect !== undefined) return `signing out here goes on to ${logoutRedirect}`;
          return {
            warning:
              'logout is on, and the metadata names no SingleLogoutService with the binding HTTP-Redirect',
          };
        },
      },
      { name: 'encryption', run: async () => encryption(settings) },
      { name: 'answer', run: async () => ({ skipped: untried(settings) }) },
    ];
  };
}

function encryption({ encryptAssertions }: SamlSignOn): string {
  if (!encryptAssertions)
    return 'our metadata offers no key to encrypt for (encryptAssertions is off); what is encrypted all the same is opened';
  return `our metadata offers a key; we open ${openedAlgorithms}, and refuse what is not encrypted`;
}

function untried({ userNameSource, userNameAttribute, groupsAttribute, ...settings }: SamlSignOn): string {
  const parts = [
    'the signature of an answer and its algorithms',
    settings.encryptAssertions && 'whether it is encrypted, by which algorithms and for which key',
    userNameSource === 'nameId' ? 'its NameID' : `its attribute ${userNameAttribute}`,
    groupsAttribute && `its groups in ${groupsAttribute}`,
    settings.allowIdpInitiated && 'an answer that the identity provider begins',
    settings.logout && 'a logout',
  ];
  return `not tried, because nobody signs in: ${parts.filter(Boolean).join('; ')}`;
}

function certificates({ certificateEndsMs }: IdentityProvider, nowMs: number): string | { warning: string } {
  const endsMs = Math.max(...certificateEndsMs);
  const day = new Date(endsMs).toISOString().slice(0, 10);
  const count = `${certificateEndsMs.length} that may sign`;
  if (endsMs - nowMs > warnBeforeMs) return `${count}, the last one good until ${day}`;
  return {
    warning: `${count}, the last one ${endsMs > nowMs ? 'ends' : 'ended'} on ${day}: get the new metadata`,
  };
}
