/** Registers with the service account, and changes its password when a server demands it. */

import { isConfigServerError } from '@gatehouse/people-directory';
import type { ServiceAccount } from '../connection/open-connection.ts';
import { refusesAccount } from './refused-account.ts';

/**
 * Registers with the current password. When the server answers ChangePasswordRequired and a new password is known,
 * registers again with both. When the answer to that was lost, one refused attempt shows that the change happened;
 * no more than one, because every refusal counts towards the lock of the account.
 */
export function accountWithChange(
  account: ServiceAccount,
): <C>(open: (account: ServiceAccount) => Promise<C>) => Promise<C> {
  const { newPassword, ...rest } = account;
  let password = account.password;
  let mayHaveChanged = false;
  return async (open) => {
    try {
      return await open({ ...rest, password });
    } catch (error) {
      const isDemanded = isConfigServerError(error, 'ChangePasswordRequired');
      const isFoundOut = mayHaveChanged && isConfigServerError(error, 'AuthenticationFailed');
      if (newPassword === undefined || !(isDemanded || isFoundOut)) throw error;
      mayHaveChanged = true;
      try {
        const opened = await open(
          isDemanded ? { ...rest, password, newPassword } : { ...rest, password: newPassword },
        );
        password = newPassword;
        mayHaveChanged = false;
        return opened;
      } catch (failure) {
        if (isConfigServerError(failure) && refusesAccount(failure.code)) mayHaveChanged = false;
        throw failure;
      }
    }
  };
}
