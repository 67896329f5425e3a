/** The account this client registers with, and the change of its password when a server demands one. */
import { isConfigServerError } from '../errors.ts';
import { refusesAccount } from '../standby/refused-account.ts';

export interface ServiceAccount {
  applicationName: string;
  applicationType: number;
  userName: string;
  password: string;
  /** Goes into the registration that answers ChangePasswordRequired. */
  newPassword?: string | undefined;
}

/**
 * Registers with the current password; when the server answers ChangePasswordRequired and a new password was given,
 * registers a second time with both. A change whose answer was lost is found out by the next attempt that is refused,
 * once: each of them is a failure in the account's record.
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
