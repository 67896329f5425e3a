/** Keeps and reads the cookie by which a device stands for the second factor, as long as the policy of the contact centre lets it. */
import type { Browser, BrowserCookies, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import { counts } from '../../core/assurance/assurance.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import { type RememberedDevices, rememberPolicyOf } from '../../factors/devices/service.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { Given } from './waiting.ts';

interface DeviceMemoryOptions {
  admission: Pick<Admission, 'policyOf'>;
  devices: Pick<RememberedDevices, 'verify' | 'remember'>;
  cookies: BrowserCookies;
}

export type DeviceMemory = ReturnType<typeof createDeviceMemory>;

export function createDeviceMemory({ admission, devices, cookies }: DeviceMemoryOptions) {
  return {
    /** The proof of a device that the person let remember them; undefined: there is none, or it does not count. */
    async proofOf(person: PersonKey, request: BrowserRequest): Promise<Proof | undefined> {
      const value = cookies.readRememberedDevice(request);
      if (value === undefined) return undefined;
      const policy = await admission.policyOf(person.contactCenterId);
      const atMs = policy && (await devices.verify(person, value, rememberPolicyOf(policy)));
      return atMs === undefined ? undefined : { factor: 'rememberedDevice', atMs };
    },

    /** A recovery code is no reason to do without a factor, nor is one that the policy does not count. @throws AppError (503) */
    async remember(browser: Browser, person: PersonKey, { proof, epoch }: Given): Promise<void> {
      const { factor, atMs } = proof;
      const policy = await admission.policyOf(person.contactCenterId);
      if (policy === undefined || factor === 'recoveryCode' || !counts(proof, policy)) return;
      const agent = browser.request.headers['user-agent'];
      const userAgent = typeof agent === 'string' ? agent : undefined;
      const device = await devices.remember(
        person,
        { factor, atMs, epoch },
        rememberPolicyOf(policy),
        userAgent,
      );
      if (device === undefined) return;
      const lifeSeconds = Math.floor((device.endsAt.getTime() - atMs) / 1000);
      cookies.setRememberedDevice(browser, device.value, lifeSeconds);
    },
  };
}
