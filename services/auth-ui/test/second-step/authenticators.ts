/** The virtual authenticators of Chromium (DevTools protocol, domain WebAuthn). */
import type { Page } from 'playwright-core';

export interface Nature {
  /** `usb`: a security key. */
  transport?: 'internal' | 'usb';
  /** Has a PIN, or knows a finger. */
  hasUserVerification?: boolean;
  /** What the next check of the person gives. */
  isUserVerified?: boolean;
  /** Its passkeys may be copied to other devices, and are. */
  isSynced?: boolean;
}

/** Plugs one in, for this page alone. */
export async function addAuthenticator(
  page: Page,
  {
    transport = 'internal',
    hasUserVerification = true,
    isUserVerified = true,
    isSynced = false,
  }: Nature = {},
) {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('WebAuthn.enable');
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', ctap2Version: 'ctap2_1', transport, hasResidentKey: true },
      ...{ hasUserVerification, isUserVerified, automaticPresenceSimulation: true },
      ...{ defaultBackupEligibility: isSynced, defaultBackupState: isSynced },
    },
  });
  const passkeys = async () =>
    (await devTools.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  return {
    passkeys,
    verify: (isUserVerified: boolean) =>
      devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),

    /** From now on its passkey counts from here: 1 is what a copy of its first day would count. */
    async count(signCount: number): Promise<void> {
      const [passkey] = await passkeys();
      if (passkey === undefined) throw new Error('the authenticator has no passkey');
      const { credentialId } = passkey;
      await devTools.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
      await devTools.send('WebAuthn.addCredential', {
        authenticatorId,
        credential: { ...passkey, signCount },
      });
    },

    unplug: () => devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
  };
}

/** The browser offers no passkeys in the field of the user name, so nobody is signed in before they say so. */
export async function withoutAutofill(page: Page): Promise<void> {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
}
