/** Clients and their secrets. */
import { read, setting } from '@gatehouse/service-kit/config/setting';

export const clientSettings = {
  secretGraceSeconds: setting(read.integer(0, 31_536_000).default(86_400), {
    env: 'GATEHOUSE_CLIENT_SECRET_GRACE_SECONDS',
    doc: 'How long the former secret stays valid after a rotation, in seconds.',
  }),
  staleMaxSeconds: setting(read.integer(0, 604_800).default(3_600), {
    env: 'GATEHOUSE_CLIENT_STALE_MAX_SECONDS',
    doc: 'Longest use of a cached client while PostgreSQL is away, in seconds.',
  }),
  hashConcurrency: setting(read.integer(1, 64).default(2), {
    env: 'GATEHOUSE_SECRET_HASH_CONCURRENCY',
    doc: 'How many slow secret hashes are computed at once; each takes 19 MiB.',
  }),
};
