/** Says what a domain of Auth UI returns: its pages, each with its path. */
import type { Domain as DomainOf } from '@gatehouse/service-kit/http';

/** `app.ts` says where each place is and which plug-ins its pages have. */
export type Domain = DomainOf<'front page' | 'pages'>;
