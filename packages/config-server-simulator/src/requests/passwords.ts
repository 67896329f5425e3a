/** Answers RequestAuthenticate and RequestChangePassword. */
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire';
import { RequestRefused } from '../objects/request-refused.ts';
import type { ServerContext } from './server-context.ts';

export async function authenticate(
  request: MessageBody<'RequestAuthenticate'>,
  answer: (event: ConfMessage) => void,
  { authenticator }: ServerContext,
): Promise<void> {
  const { userName, userPassword, tenantDbid } = request;
  const verified = await authenticator.authenticate(userName, userPassword, tenantDbid);
  const { person, changePasswordRequired, passwordExpiresInDays, lastLogin, sessions } = verified;
  answer({
    name: 'EventAuthenticated',
    body: {
      userDbid: person['DBID'] as number,
      tenantDbid: person['tenantDBID'] as number,
      userName: String(person['userName']),
      changePasswordRequired,
      passwordExpiresInDays,
      lastLogin,
      sessions,
    },
  });
}

export async function changePassword(
  request: MessageBody<'RequestChangePassword'>,
  answer: (event: ConfMessage) => void,
  { authenticator, state }: ServerContext,
): Promise<void> {
  if (state.role === 'backup') throw new RequestRefused('NotPrimary', 'this server is the backup');
  if (!state.takesChanges) throw new RequestRefused('ReadOnly', 'this server takes no changes');
  const { userName, oldPassword, newPassword } = request;
  const passwordUpdatingDate = await authenticator.changePassword(userName, oldPassword, newPassword);
  answer({ name: 'EventPasswordChanged', body: { passwordUpdatingDate } });
}
