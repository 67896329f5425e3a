/** Tells the address of the person who asks for the scheme of a login: Auth UI asks for everybody, and nobody else may say who asks. */
import { visitorAddressHeader } from '@gatehouse/contracts/auth-api';
import type { FastifyRequest } from 'fastify';
import type { Clients } from '../../registry/clients/compose.ts';

/** On the internal listener, which is guarded already. */
export function namedVisitor({ headers, ip }: FastifyRequest): string {
  return String(headers[visitorAddressHeader] ?? ip);
}

/** On the public listener, where the release before still calls. */
export function createPublicVisitor(options: {
  serviceCallers: Clients['serviceCallers'];
  areInternalRoutesPublic: boolean;
}) {
  const { serviceCallers, areInternalRoutesPublic } = options;
  return async (request: FastifyRequest): Promise<string> => {
    const isNamed = areInternalRoutesPublic && request.headers[visitorAddressHeader] !== undefined;
    return isNamed && (await serviceCallers.isProvedBy(request)) ? namedVisitor(request) : request.ip;
  };
}
