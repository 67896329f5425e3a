/** Authorization requests, and how long they wait for the browser or the device. */
import { read, setting } from '@gatehouse/service-kit/config/setting';

export const authorizationSettings = {
  requirePushed: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_REQUIRE_PUSHED_REQUESTS',
    doc: 'Authorization requests of every client must be pushed (RFC 9126), not only of those that are registered so.',
  }),
  deviceCodeTtlSeconds: setting(read.integer(60, 3600).default(600), {
    env: 'GATEHOUSE_DEVICE_CODE_TTL_SECONDS',
    doc: 'How long a device waits for its user to let it in (RFC 8628), in seconds.',
  }),
  pushedRequestTtlSeconds: setting(read.integer(5, 599).default(60), {
    env: 'GATEHOUSE_PUSHED_REQUEST_TTL_SECONDS',
    doc: 'How long the browser may take to come with the request_uri of a pushed request, in seconds.',
  }),
};
