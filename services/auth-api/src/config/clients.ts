/** Clients and their secrets. */
import { read, setting } from '@gatehouse/service-kit/config/setting';

export const clientSettings = {
  secretGraceSeconds: setting(read.integer(0, 31_536_000).default(86_400), {
    env: 'GATEHOUSE_CLIENT_SECRET_GRACE_SECONDS',
    doc: 'Time that the former secret stays valid after a rotation, in seconds.',
  }),
  staleMaxSeconds: setting(read.integer(0, 604_800).default(3_600), {
    env: 'GATEHOUSE_CLIENT_STALE_MAX_SECONDS',
    doc: 'Maximum use of a cached client while PostgreSQL is down, in seconds.',
  }),
  hashConcurrency: setting(read.integer(1, 64).default(2), {
    env: 'GATEHOUSE_SECRET_HASH_CONCURRENCY',
    doc: 'Number of slow secret hashes that are computed at once; each takes 19 MiB.',
  }),
};
