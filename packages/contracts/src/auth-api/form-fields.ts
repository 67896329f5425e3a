/** Names the form fields that the pages of Auth UI send to Auth API. */

/** `POST /auth/v3/sign-in`, `application/x-www-form-urlencoded`. Answers 302. */
export const signInFields = {
  userName: 'username',
  password: 'password',
  tenant: 'tenant',
  interaction: 'interaction',
  csrf: 'csrf',
  remember: 'remember',
} as const;

/**
 * A passkey signs in without a user name. `options`, by script: the options of WebAuthn. `answer` takes `answer`, `interaction` and `csrf`
 * and answers 303 onward; failure answers 303 to `/auth/sign-in.html?error&interaction=…`.
 */
export const passkeySignInPaths = {
  options: '/auth/v3/passkey-sign-in/options',
  answer: '/auth/v3/passkey-sign-in',
} as const;

/**
 * `POST /auth/v3/change-password`, `application/x-www-form-urlencoded`. With an interaction success signs the user in and
 * answers 302 onward; failure answers 302 to `/auth/change-password.html?error&interaction=…`.
 */
export const changePasswordFields = {
  userName: 'userName',
  tenant: 'tenant',
  oldPassword: 'oldPassword',
  newPassword: 'newPassword',
  newPasswordAgain: 'newPasswordAgain',
  interaction: 'interaction',
  csrf: 'csrf',
} as const;

/** `POST /auth/v3/oauth/device/code`: the code that a device shows. Answers 303 onward, or back to `/auth/device?error=…`. */
export const deviceFields = { userCode: 'user_code' } as const;

/** Values of `answer` in `POST /auth/v3/oauth/consent`, beside `interaction` and `csrf`. Answers 303 onward. */
export const consentAnswers = { allowed: 'allowed', denied: 'denied' } as const;
