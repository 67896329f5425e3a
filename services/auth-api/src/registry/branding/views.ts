/** Decides which branding a page shows, from cached copies that follow Environment API. */
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { onlyCenterOf } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { Installation } from '../contact-centers/installation.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';

/** The facts of a page about its contact centre. */
export interface Known {
  /** For certain: of the client, or of a person who is signed in. */
  contactCenterId?: string | undefined;
  /** The application: everybody who starts a sign-in there sees the look of the only contact centre that it serves. */
  clientId?: string | undefined;
  /** Only named, by the person or by the application. */
  tenant?: string | undefined;
  /** The person has given the right password for that tenant. */
  isProven?: boolean;
}

export type BrandingViews = ReturnType<typeof createBrandingViews>;

export interface BrandingViewOptions {
  clients: Pick<ClientDirectory, 'find'>;
  contactCenters: Pick<ContactCenterService, 'get' | 'resolve' | 'domainOf'>;
  installation: Pick<Installation, 'branding'>;
  now: Clock;
}

export function createBrandingViews(options: BrandingViewOptions) {
  const { clients, contactCenters, installation, now } = options;

  /** Undefined: it is not to be shown, or there is none. */
  async function ofCenter({ contactCenterId, clientId, tenant, isProven }: Known) {
    if (contactCenterId !== undefined) return contactCenters.get(contactCenterId);
    const client = clientId === undefined ? undefined : await clients.find(clientId);
    const served = client && onlyCenterOf(client);
    if (served !== undefined) return contactCenters.get(served);
    const domain = contactCenters.domainOf(tenant);
    const center = await contactCenters.resolve(tenant);
    // Everybody who comes to this installation without a tenant sees it anyway.
    const isDefault = domain === contactCenters.domainOf(undefined);
    // A stranger would learn by the look of the page which contact centres there are.
    return isDefault || isProven || center?.branding?.byName === true ? center : undefined;
  }

  /** Also for a name that is none: no page fails because of its look. */
  async function find(known: Known): Promise<BrandingView | undefined> {
    const center = await ofCenter(known).catch(() => undefined);
    if (center !== undefined) return center.branding;
    return installation.branding().catch(() => undefined);
  }

  return {
    /** With the notices of this moment. Undefined: pages look as they always did. */
    async of(known: Known): Promise<BrandingView | undefined> {
      const branding = await find(known);
      if (branding === undefined) return undefined;
      const { byName: _byName, notices = [], ...look } = branding;
      const at = now();
      const shown = notices.filter(({ from, until }) => Date.parse(from) <= at && at < Date.parse(until));
      const view = definedOnly({ ...look, notices: shown.length === 0 ? undefined : shown });
      return Object.keys(view).length === 0 ? undefined : view;
    },
  };
}
