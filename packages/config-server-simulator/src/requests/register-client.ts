/** Answers RequestRegisterClient: verifies the client and states the terms of the connection. */

import { type ConfMessage, type MessageBody, protocolVersion } from '@gatehouse/config-server-client/wire';
import { CfgObjectState, CfgObjectType } from '@gatehouse/people-directory';
import type { ClientSession } from '../connections/client-session.ts';
import { RequestRefused } from '../objects/request-refused.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import type { Verified } from '../security/authenticator.ts';
import { rulesFor } from '../security/rules.ts';
import type { ServerContext } from './server-context.ts';

type Request = MessageBody<'RequestRegisterClient'>;

const serverVersion = '1.0.0';
const schemaVersion = '1';

/** @throws RequestRefused NotPrimary on a backup, Unsupported, ChangePasswordRequired, ReadOnly, those of `authenticate` */
export async function registerClient(
  request: Request,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
  context: ServerContext,
): Promise<void> {
  const { sessions, state, store } = context;
  if (state.role === 'backup') throw new RequestRefused('NotPrimary', 'this server is the backup');
  if (!request.protocolVersions.includes(protocolVersion)) {
    throw new RequestRefused('Unsupported', `this server speaks version ${protocolVersion}`);
  }
  sessions.countRegistration(session.address);
  const application = applicationNamed(request.clientName, context);
  // The same answer after the same work as for a wrong password, else names of applications could be found out.
  if (application === undefined) {
    return context.authenticator.refuse(request.userName, request.userPassword);
  }
  const verified = await verify(request, context);
  if (session.isEnded) return;
  // Again, without an await before the admission: of two clients at the same time only one gets the last session.
  context.authenticator.checkSessions(verified.person);
  if (context.limits.singleSession) {
    for (const other of sessions.ofApplication(application['DBID'] as number)) other.close('replaced');
  }
  const identity = {
    applicationDbid: application['DBID'] as number,
    applicationName: String(application['name']),
    accountDbid: verified.person['DBID'] as number,
    userName: String(verified.person['userName']),
    tenantDbid: verified.person['tenantDBID'] as number,
  };
  session.admit(identity);
  answer({ name: 'EventClientRegistered', body: registeredBody(request, session, verified, context) });
  session.watch(request.addp);
  context.log.info(
    {
      session: session.id,
      application: identity.applicationName,
      address: session.address,
      historyId: store.log.lastHistoryId,
    },
    'client registered',
  );
}

function applicationNamed(name: string, { store }: ServerContext): StoredObject | undefined {
  for (const application of store.all(CfgObjectType.application)) {
    if (application['name'] === name && application['state'] === CfgObjectState.enabled) return application;
  }
  return undefined;
}

/** The service account must not be due for a password change, unless the request includes the change. */
async function verify(request: Request, { authenticator, state, store }: ServerContext): Promise<Verified> {
  const { userName, userPassword, newPassword } = request;
  const verified = await authenticator.authenticate(userName, userPassword);
  if (newPassword !== undefined && verified.changePasswordRequired) {
    if (!state.takesChanges) throw new RequestRefused('ReadOnly', 'this server takes no changes');
    const rules = rulesFor(verified.person, store);
    await authenticator.setPassword(verified.person['DBID'] as number, newPassword, rules);
    return { ...verified, changePasswordRequired: false };
  }
  if (verified.changePasswordRequired) {
    throw new RequestRefused('ChangePasswordRequired', 'the password must be changed first');
  }
  return verified;
}

function registeredBody(
  request: Request,
  session: ClientSession,
  { person, passwordExpiresInDays, lastLogin }: Verified,
  { state, limits, store }: ServerContext,
): MessageBody<'EventClientRegistered'> {
  return {
    sessionId: session.id,
    serverName: state.name,
    serverVersion,
    protocolVersion,
    serverRole: state.role,
    serverEpoch: state.epoch,
    operationalMode: state.operationalMode,
    encoding: 'utf-8',
    schemaVersion,
    applicationDbid: session.identity?.applicationDbid ?? 0,
    accountDbid: person['DBID'] as number,
    accountType: CfgObjectType.person,
    tenantDbid: person['tenantDBID'] as number,
    addp: request.addp,
    limits: {
      maxFrame: limits.maxFrameBytes,
      maxInFlight: limits.maxInFlight,
      pageObjects: limits.pageObjects,
      pageBytes: limits.pageBytes,
    },
    historyId: store.log.lastHistoryId,
    historyLog: store.log.id,
    resumed: false,
    passwordExpiresInDays,
    lastLogin,
  };
}
