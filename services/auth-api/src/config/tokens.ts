/** Defines the settings of tokens and of authorization requests. */
import { read, setting } from '@gatehouse/service-kit/config';

export const tokenSettings = {
  accessTtlSeconds: setting(read.integer(1, 604_800).default(43_200), {
    env: 'GATEHOUSE_ACCESS_TOKEN_TTL_SECONDS',
    doc: 'Lifetime of an access token whose client sets none, in seconds.',
  }),
  refreshTtlSeconds: setting(read.integer(1, 31_536_000).default(2_592_000), {
    env: 'GATEHOUSE_REFRESH_TOKEN_TTL_SECONDS',
    doc: 'Lifetime of the refresh tokens of one login whose client sets none, in seconds.',
  }),
  longestAccessTtlSeconds: setting(read.integer(1, 604_800).default(604_800), {
    env: 'GATEHOUSE_LONGEST_ACCESS_TOKEN_TTL_SECONDS',
    doc: 'Maximum lifetime of an access token that a client may set, in seconds.',
  }),
  longestRefreshTtlSeconds: setting(read.integer(1, 31_536_000).default(7_776_000), {
    env: 'GATEHOUSE_LONGEST_REFRESH_TOKEN_TTL_SECONDS',
    doc: 'Maximum lifetime of refresh tokens that a client may set, in seconds; revocations are kept for the same time.',
  }),
  codeTtlSeconds: setting(read.integer(1, 600).default(60), {
    env: 'GATEHOUSE_CODE_TTL_SECONDS',
    doc: 'Lifetime of an authorization code, in seconds.',
  }),
  refreshGraceMs: setting(read.integer(0, 300_000).default(10_000), {
    env: 'GATEHOUSE_REFRESH_GRACE_MS',
    doc: 'Time in which a rotated refresh token gets the same answer again, in milliseconds; 0: never.',
  }),
  refreshIdleSeconds: setting(read.integer(1, 31_536_000).default(1_209_600), {
    env: 'GATEHOUSE_REFRESH_IDLE_SECONDS',
    doc: 'Refresh tokens that are not used for this time end before their lifetime, in seconds.',
  }),
  personFreshMs: setting(read.integer(0, 600_000).default(5_000), {
    env: 'GATEHOUSE_REFRESH_PERSON_FRESH_MS',
    doc: 'A refresh reads the person at the Configuration Server again unless that was done within this time, in milliseconds.',
  }),
};

export const authorizationSettings = {
  requirePushed: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_REQUIRE_PUSHED_REQUESTS',
    doc: 'Authorization requests of every client must be pushed (RFC 9126), not only of those whose registration requires it.',
  }),
  deviceCodeTtlSeconds: setting(read.integer(60, 3600).default(600), {
    env: 'GATEHOUSE_DEVICE_CODE_TTL_SECONDS',
    doc: 'Time that a user has to approve a device (RFC 8628), in seconds.',
  }),
  pushedRequestTtlSeconds: setting(read.integer(5, 599).default(60), {
    env: 'GATEHOUSE_PUSHED_REQUEST_TTL_SECONDS',
    doc: 'Time that the browser has to use the request_uri of a pushed request, in seconds.',
  }),
};
