/** Authorization requests, and how long they wait for the browser or the device. */
import { read, setting } from '@gatehouse/service-kit/config/setting';

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
