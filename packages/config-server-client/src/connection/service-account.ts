/** The account this client registers with, and the change of its password when a server demands one. */
import { isConfigServerError } from '../errors.ts';

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
 * registers a second time with both. A change whose answer was lost is found out by the next attempt.
 */
export function accountWithChange(
  account: ServiceAccount,
): <C>(open: (account: ServiceAccount) => Promise<C>) => Promise<C> {
  const { newPassword, ...rest } = account;
  let password = account.password;
  let changeWasTried = false;
  return async (open) => {
    try {
      return await open({ ...rest, password });
    } catch (error) {
      const isDemanded = isConfigServerError(error, 'ChangePasswordRequired');
      const mayHaveChanged = changeWasTried && isConfigServerError(error, 'AuthenticationFailed');
      if (newPassword === undefined || !(isDemanded || mayHaveChanged)) throw error;
      changeWasTried = true;
      const opened = await (isDemanded
        ? open({ ...rest, password, newPassword })
        : open({ ...rest, password: newPassword }));
      password = newPassword;
      return opened;
    }
  };
}
