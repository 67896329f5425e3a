/** Starts the login of a device (RFC 8628) and records whether a signed-in user lets it in. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import { deviceGrantType } from '../../core/protocol/grant-types.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { AuditEvent, AuditWriter } from '../../records/audit/event.ts';
import type { Client } from '../../registry/clients/client.ts';
import { formatFamilyToken, newFamilyId, newSecret, secretHash } from '../../tokens/family-token.ts';
import type { Grant } from '../../tokens/grant.ts';
import { proofsOf, referenceTo } from '../../tokens/session-reference.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import type { DeviceResult } from '../cookies/pages.ts';
import type { SessionService } from '../sessions/service.ts';
import type { Session } from '../sessions/session.ts';
import type { DeviceRequest } from './device.ts';
import type { DeviceStore } from './store.ts';
import { newUserCode } from './user-code.ts';

export interface DevicesOptions {
  store: DeviceStore;
  sessions: Pick<SessionService, 'recordClient'>;
  admission: Pick<Admission, 'admit'>;
  audit: AuditWriter;
  now: Clock;
  lifeSeconds: number;
}

export type Devices = ReturnType<typeof createDevices>;

export function createDevices({ store, sessions, admission, audit, now, lifeSeconds }: DevicesOptions) {
  return {
    lifeSeconds,
    findByUserCode: store.findByUserCode,
    poll: store.poll,

    /** Gives the codes of RFC 8628 section 3.2. */
    async begin(
      client: Client,
      {
        scope,
        resources,
        clientAddress,
      }: Pick<DeviceRequest, 'scope' | 'clientAddress'> & { resources: string[] },
    ): Promise<{ deviceCode: string; userCode: string }> {
      const deviceCode = { familyId: newFamilyId(), secret: newSecret() };
      const requestedAtMs = now();
      const request: DeviceRequest = {
        deviceId: deviceCode.familyId,
        clientId: client.clientId,
        scope,
        ...(resources.length === 0 ? {} : { resources }),
        userCode: newUserCode(),
        clientAddress,
        requestedAtMs,
        expiresAtMs: requestedAtMs + lifeSeconds * 1000,
      };
      // Two devices never show one code.
      while (!(await store.save(request, secretHash(deviceCode)))) request.userCode = newUserCode();
      return { deviceCode: formatFamilyToken(deviceCode), userCode: request.userCode };
    },

    /** Lets the device of this request in, in the name of the session's user. @throws OAuthError interaction_required */
    async approve(
      authorization: AuthorizationRequest,
      session: Session,
      request: BrowserRequest,
    ): Promise<DeviceResult> {
      const { device, clientId, scope, resources: audience = [] } = authorization;
      if (device === undefined) throw new Error('the request is not of a device');
      const { sid, identity, sub, createdAtMs: authorizedAtMs } = session;
      await admission.admit(identity, { act: 'device', proofs: proofsOf({ session, authorizedAtMs }) });
      const grant: Grant = {
        familyId: device.id,
        clientId,
        grantType: deviceGrantType,
        scope,
        audience,
        identity,
        session: referenceTo(session),
        authorizedAtMs: now(),
      };
      if (!(await store.answer(device.id, grant))) return 'expired';
      const contactCenterId = identity.contactCenterId;
      await Promise.all([
        sessions.recordClient(request, session, clientId),
        audit.write({ ...eventOf('device_approved', clientId, request), sub, sid, contactCenterId }),
      ]);
      return 'approved';
    },

    async deny({ device, clientId }: AuthorizationRequest, request: BrowserRequest): Promise<DeviceResult> {
      if (device === undefined || !(await store.answer(device.id, 'denied'))) return 'expired';
      await audit.write(eventOf('device_denied', clientId, request));
      return 'denied';
    },
  };
}

function eventOf(
  name: 'device_approved' | 'device_denied',
  clientId: string,
  { id: correlationId, ip: clientAddress }: BrowserRequest,
): AuditEvent {
  return { name, outcome: 'success', clientId, correlationId, clientAddress };
}
