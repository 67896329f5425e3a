/** Says what a domain of Environment API returns, and for whom its routes are. */
import type { Domain as DomainOf } from '@gatehouse/service-kit/http';

export type { ServicesOf } from '@gatehouse/service-kit/http';

export type Domain = DomainOf<Audience>;

/** `app.ts` says by what each is guarded. */
export type Audience = 'anybody' | 'callers' | 'provisioners' | 'services';
