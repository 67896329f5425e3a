/** The rules of waiting devices: how one begins to wait, and how a signed-in person lets it in or not. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { AuditEvent, AuditWriter } from '../audit/event.ts';
import type { BrowserRequest } from '../browser/browser-cookies.ts';
import type { DeviceResult } from '../browser/pages.ts';
import type { Client } from '../clients/client.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';
import type { Session, SessionService } from '../sessions/session.ts';
import { formatFamilyToken, newFamilyId, newSecret, secretHash } from '../tokens/family-token.ts';
import type { Grant } from '../tokens/grant.ts';
import { referenceTo } from '../tokens/session-reference.ts';
import { type DeviceRequest, type DeviceStore, deviceGrantType } from './device.ts';
import { newUserCode } from './user-code.ts';

export interface Devices {
  readonly lifeSeconds: number;
  /** The codes of section 3.2. */
  begin(
    client: Client,
    scope: string[],
    clientAddress: string,
  ): Promise<{ deviceCode: string; userCode: string }>;
  /** Lets the device of this request in, in the name of the session's user. */
  approve(request: AuthorizationRequest, session: Session, browser: DeviceBrowser): Promise<DeviceResult>;
  deny(request: AuthorizationRequest, browser: DeviceBrowser): Promise<DeviceResult>;
}

export interface DeviceBrowser {
  request: BrowserRequest;
  correlationId: string;
}

export interface DevicesOptions {
  store: DeviceStore;
  sessions: Pick<SessionService, 'noteClient'>;
  audit: AuditWriter;
  now: Clock;
  lifeSeconds: number;
}

export function createDevices(options: DevicesOptions): Devices {
  const { store, sessions, audit, now, lifeSeconds } = options;

  return {
    lifeSeconds,

    async begin(client, scope, clientAddress) {
      const deviceCode = { familyId: newFamilyId(), secret: newSecret() };
      const requestedAtMs = now();
      const request: DeviceRequest = {
        deviceId: deviceCode.familyId,
        clientId: client.clientId,
        scope,
        userCode: newUserCode(),
        clientAddress,
        requestedAtMs,
        expiresAtMs: requestedAtMs + lifeSeconds * 1000,
      };
      // Two devices never show one code.
      while (!(await store.save(request, secretHash(deviceCode)))) request.userCode = newUserCode();
      return { deviceCode: formatFamilyToken(deviceCode), userCode: request.userCode };
    },

    async approve(request, session, browser) {
      const { device, clientId } = request;
      if (device === undefined) throw new Error('the request is not of a device');
      const { sid, identity, sub } = session;
      const grant: Grant = {
        familyId: device.id,
        clientId,
        grantType: deviceGrantType,
        scope: request.scope,
        audience: [],
        identity,
        session: referenceTo(session),
        authorizedAtMs: now(),
      };
      if (!(await store.answer(device.id, grant))) return 'expired';
      const contactCenterId = identity.contactCenterId;
      await Promise.all([
        sessions.noteClient(browser.request, session, clientId),
        audit.write({ ...eventOf('device_approved', clientId, browser), sub, sid, contactCenterId }),
      ]);
      return 'approved';
    },

    async deny({ device, clientId }, browser) {
      if (device === undefined || !(await store.answer(device.id, 'denied'))) return 'expired';
      await audit.write(eventOf('device_denied', clientId, browser));
      return 'denied';
    },
  };
}

function eventOf(
  name: 'device_approved' | 'device_denied',
  clientId: string,
  { request, correlationId }: DeviceBrowser,
): AuditEvent {
  return { name, outcome: 'success', clientId, correlationId, clientAddress: request.ip };
}
