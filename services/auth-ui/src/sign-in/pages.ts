/** Builds the two pages of signing in: user name, then password. */
import { type InteractionView, passkeySignInPaths, signInFields } from '@gatehouse/contracts/auth-api';
import { passwordField, tenantField, userNameField } from '../pages/fields.ts';
import type { Message } from '../pages/message.ts';
import type { NamePage, PasskeyForm, SignInPasswordPage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';

/** Typed by the user, or known to the application. */
export interface Typed {
  userName: string;
  tenant: string;
}

export interface NameProblems {
  userName?: string;
  tenant?: string;
}

export function namePage(
  visit: Visit,
  typed: Typed,
  problems: NameProblems = {},
  message?: Message,
): NamePage {
  const { text, interaction } = visit;
  const hasProblem = message?.kind === 'danger' || Object.keys(problems).length > 0;
  const passkey = passkeyOf(visit);
  const userName = userNameField(signInFields.userName, text('field.userName'), typed.userName, {
    problem: problems.userName,
  });
  if (passkey) userName.autocomplete = 'username webauthn';
  const page = {
    title: titleOf(text, text('signIn.name.title'), hasProblem),
    message,
    interaction,
    passkey,
    script: passkey && ('passkey.js' as const),
  };
  const isTenantFixed = isTenantKnown(interaction) && problems.tenant === undefined;
  if (isTenantFixed) {
    return {
      ...page,
      fixedTenant: interaction?.contactCenterHint ?? '',
      fields: [userName],
      focus: userName.name,
    };
  }
  const tenant = tenantField(text('field.tenant'), typed.tenant, {
    hint: text('field.tenant.hint'),
    problem: problems.tenant,
  });
  const isUserNameDone = typed.userName !== '' && problems.userName === undefined;
  return { ...page, fields: [userName, tenant], focus: isUserNameDone ? tenant.name : userName.name };
}

/** Offered in the field of the user name as well. */
function passkeyOf({ text, interaction }: Visit): PasskeyForm | undefined {
  if (!interaction?.passkeys) return undefined;
  const { options, answer: action } = passkeySignInPaths;
  return {
    action,
    options,
    does: 'autofill',
    label: text('signIn.passkey'),
    isUnknown: interaction.error === 'passkey_unknown',
  };
}

export function passwordPage(visit: Visit, typed: Typed, message?: Message): SignInPasswordPage {
  const { text, interaction } = visit;
  const field = passwordField(signInFields.password, text('field.password'), 'current-password');
  const isProblem = message?.kind === 'danger';
  return {
    title: titleOf(text, text('signIn.password.title'), isProblem),
    message,
    interaction,
    ...typed,
    userNameField: signInFields.userName,
    fields: [isProblem ? { ...field, describedBy: ['message'] } : field],
    focus: field.name,
    remember: interaction?.remember && {
      name: signInFields.remember,
      isChosen: interaction.remember === 'chosen',
    },
    script: 'show-password.js',
  };
}

/**
 * The application said which tenant, or that none is to be asked for. After an error the hint may be what the person
 * typed, so then the field is shown again unless the application hides it for good.
 */
function isTenantKnown(interaction: InteractionView | undefined): boolean {
  if (!interaction) return false;
  return (
    interaction.hideTenant || (interaction.contactCenterHint !== undefined && interaction.error === undefined)
  );
}
