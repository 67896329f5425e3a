/** Builds the page for a new password: why it is needed, for whom, and what was wrong with the last attempt. */
import { type InteractionError, changePasswordFields as names } from '@gatehouse/contracts/auth-api';
import { type Field, passwordField, tenantField, userNameField } from '../pages/fields.ts';
import { type Message, messageOfError } from '../pages/message.ts';
import { withBrokenRules } from '../pages/password-rules.ts';
import type { ChangePasswordPage } from '../pages/views.ts';
import { titleOf, type Visit } from '../pages/visit.ts';

/** `error`: why the page is shown, or why the last attempt failed; `hasFailed`: an attempt failed for any reason. */
export function changePasswordPage(
  visit: Visit,
  error: InteractionError | undefined,
  hasFailed: boolean,
): ChangePasswordPage {
  const { text, interaction } = visit;
  const userName = interaction?.userName ?? '';
  const message = messageAbout(visit, error, hasFailed);
  const passwords = passwordFields(visit, error);
  const fields = userName === '' ? [...personFields(visit), ...passwords] : passwords;
  return {
    title: titleOf(text, text('changePassword.title'), message !== undefined),
    lead: text(leadOf(error, interaction !== undefined)),
    message,
    interaction,
    signIn: error === 'second_factor_required' ? signInAddress(interaction?.id) : undefined,
    userName,
    tenant: interaction?.contactCenterHint ?? '',
    userNameField: names.userName,
    fields,
    focus: (fields.find(({ problem }) => problem !== undefined) ?? fields[0])?.name ?? '',
    script: 'show-password.js',
  };
}

/** `step`: without the failure of this page. */
function signInAddress(interaction?: string): string {
  return `/auth/sign-in.html?${new URLSearchParams({ step: 'name', ...(interaction !== undefined && { interaction }) })}`;
}

function leadOf(error: InteractionError | undefined, hasInteraction: boolean) {
  if (error === 'password_expired') return 'changePassword.expired';
  return hasInteraction || error === 'password_change_required'
    ? 'changePassword.required'
    : 'changePassword.voluntary';
}

function messageAbout(
  { text, interaction, theme }: Visit,
  error: InteractionError | undefined,
  hasFailed: boolean,
): Message | undefined {
  if (error === 'password_change_required' || error === 'password_expired') return undefined;
  if (error === undefined) {
    return hasFailed
      ? { kind: 'danger', title: text('changePassword.problem.title'), text: text('problem.unknown.text') }
      : undefined;
  }
  const message = messageOfError(error, text, interaction, theme?.helpLink);
  if (error === 'password_policy') return withBrokenRules(message, interaction?.brokenRules ?? [], text);
  // A change whose answer was lost may have been made: either password may be the valid one.
  if (error === 'try_again')
    return {
      ...message,
      title: text('changePassword.unsure.title'),
      text: text('changePassword.unsure.text'),
    };
  return message;
}

function personFields({ text, interaction }: Visit): Field[] {
  const userName = userNameField(names.userName, text('field.userName'), '');
  if (interaction?.hideTenant) return [userName];
  const tenant = tenantField(text('field.tenant'), interaction?.contactCenterHint ?? '', {
    hint: text('field.tenant.hint'),
  });
  return [userName, tenant];
}

function passwordFields({ text, interaction }: Visit, error: InteractionError | undefined): Field[] {
  // Any other password comes too soon, too.
  const isTooYoung = interaction?.brokenRules?.includes('too-young');
  return [
    passwordField(names.oldPassword, text('field.oldPassword'), 'current-password', {
      problem: error === 'bad_credentials' ? text('field.oldPassword.wrong') : undefined,
    }),
    passwordField(names.newPassword, text('field.newPassword'), 'new-password', {
      problem: error === 'password_policy' && !isTooYoung ? text('field.newPassword.refused') : undefined,
    }),
    passwordField(names.newPasswordAgain, text('field.newPasswordAgain'), 'new-password', {
      problem: error === 'passwords_differ' ? text('field.newPasswordAgain.different') : undefined,
    }),
  ];
}
