/** The environment behind a contact centre: its link and the tenant its users must belong to. */
import type { ConfigurationBackend } from '@gatehouse/config-server-client/backend';
import { environmentTenantDbid } from '@gatehouse/config-server-client/model/tenant';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import type { Clock } from '@gatehouse/service-kit/clock';
import { LRUCache } from 'lru-cache';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Backends } from './backends.ts';
import type { IdentityPlace } from './build-identity.ts';
import { SignInError } from './sign-in-error.ts';

export interface EnvironmentLink {
  backend: ConfigurationBackend;
  place: IdentityPlace;
  /** Only persons of this tenant belong to the contact centre; undefined for the tenant that holds all others. */
  tenantDbid: number | undefined;
}

export interface EnvironmentLinks {
  /** @throws SignInError `try_again` when the environment cannot be used */
  open(contactCenter: ContactCenterView, signal?: AbortSignal): Promise<EnvironmentLink>;
}

export interface EnvironmentLinksOptions {
  contactCenters: Pick<ContactCenterService, 'environment'>;
  backends: Pick<Backends, 'get'>;
  now: Clock;
}

const tenantFreshMs = 10 * 60_000;
const knownTenants = 1_000;

export function createEnvironmentLinks({
  contactCenters,
  backends,
  now,
}: EnvironmentLinksOptions): EnvironmentLinks {
  const tenants = new LRUCache<string, { dbid: number; readAtMs: number }>({ max: knownTenants });

  const tenantDbidOf = async (
    environment: EnvironmentView,
    backend: ConfigurationBackend,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> => {
    const { tenant } = environment;
    if (tenant === '') return undefined;
    const key = `${environment.id}/${environment.version}/${tenant}`;
    const known = tenants.get(key);
    if (known && now() - known.readAtMs < tenantFreshMs) return restriction(known.dbid);
    const [found] = await backend.readTenants({ name: tenant }, signal ? { signal } : {});
    if (found === undefined) {
      throw new SignInError('try_again', {
        detail: `environment ${environment.id}: the Configuration Server has no tenant named ${JSON.stringify(tenant)}`,
      });
    }
    tenants.set(key, { dbid: found.DBID, readAtMs: now() });
    return restriction(found.DBID);
  };

  return {
    async open(contactCenter, signal) {
      const environment = await contactCenters.environment(contactCenter.environmentId);
      if (environment === undefined) {
        throw new SignInError('try_again', {
          detail: `contact centre ${contactCenter.id} names environment ${contactCenter.environmentId}, which does not exist`,
        });
      }
      const backend = backends.get(environment);
      return {
        backend,
        place: {
          contactCenterId: contactCenter.id,
          environmentId: environment.id,
          domain: contactCenter.domains[0] ?? contactCenter.id,
        },
        tenantDbid: await tenantDbidOf(environment, backend, signal),
      };
    },
  };
}

/** The environment tenant holds all others: it restricts nobody. */
function restriction(tenantDbid: number): number | undefined {
  return tenantDbid === environmentTenantDbid ? undefined : tenantDbid;
}
