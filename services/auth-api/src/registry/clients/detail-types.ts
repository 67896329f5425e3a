/** Reads the authorization details that a client asks for (RFC 9396), by the types that resources have registered. */
import {
  type AuthorizationDetail,
  invalidDetails,
  type KnownDetailType,
  parseDetails,
  printable,
  requireConformity,
} from '../../core/protocol/authorization-details.ts';
import type { Client } from './client.ts';
import type { ClientDirectory } from './directory.ts';

export interface ReadDetails {
  details: AuthorizationDetail[];
  /** The lines of the consent page about a type, in the order of the details. */
  texts: string[];
}

export type DetailReader = ReturnType<typeof createDetailReader>;

export function createDetailReader(directory: Pick<ClientDirectory, 'detailTypes'>) {
  return {
    /**
     * Undefined without the parameter. An unknown type and one that the client may not ask for are refused alike, so that types
     * cannot be probed. @throws OAuthError invalid_authorization_details
     */
    async read(parameter: string | undefined, client: Client): Promise<ReadDetails | undefined> {
      if (parameter === undefined) return undefined;
      const details = parseDetails(parameter);
      const known = await directory.detailTypes();
      const types = details.map(({ type }) => {
        const found: KnownDetailType | undefined = known.get(type);
        if (found === undefined || !client.authorizationDetailsTypes.includes(type))
          throw invalidDetails(`The client may not ask for the type ${printable(type)}`);
        return found;
      });
      details.forEach((detail, index) => {
        requireConformity(detail, types[index] as KnownDetailType);
      });
      return { details, texts: types.map(({ type, text }) => text ?? type) };
    },
  };
}

/** Those that the registration still permits; undefined if there are none. */
export function permittedDetails(
  details: readonly AuthorizationDetail[] | undefined,
  { authorizationDetailsTypes }: Pick<Client, 'authorizationDetailsTypes'>,
): AuthorizationDetail[] | undefined {
  const permitted = details?.filter(({ type }) => authorizationDetailsTypes.includes(type));
  return permitted === undefined || permitted.length === 0 ? undefined : permitted;
}
