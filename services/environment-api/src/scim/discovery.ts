/** Writes the documents by which SCIM clients learn what this service can do (RFC 7643 sections 5 to 7). */
import { notFound } from '@gatehouse/service-kit/errors';
import { maxOperations, maxPayloadBytes } from './bulk/bulk-request.ts';
import { listAnswer, maxResults } from './listing.ts';
import type { Resource } from './resource.ts';
import {
  type Attribute,
  commonAttributes,
  enterpriseUrn,
  groupSchema,
  type ScimSchema,
  schemas,
  userSchema,
} from './schema.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0';

export function serviceProviderConfig(base: string): Resource {
  return {
    schemas: [`${core}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: true, maxOperations, maxPayloadSize: maxPayloadBytes },
    filter: { supported: true, maxResults },
    changePassword: { supported: true },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'An API key with the purpose scim, in the header Authorization',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypes(base: string): Resource[] {
  const type = (id: string, endpoint: string, { urn, description }: ScimSchema) => ({
    schemas: [`${core}:ResourceType`],
    id,
    name: id,
    endpoint,
    description,
    schema: urn,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  });
  return [
    {
      ...type('User', '/Users', userSchema.core),
      schemaExtensions: [{ schema: enterpriseUrn, required: false }],
    },
    type('Group', '/Groups', groupSchema.core),
  ];
}

export function schemaDocuments(base: string): Resource[] {
  return schemas.map(({ urn, name, description, attributes }) => ({
    schemas: [`${core}:Schema`],
    id: urn,
    name,
    description,
    attributes: [
      // RFC 7643 section 7: of the common attributes only this one is described here.
      ...(urn === enterpriseUrn ? [] : commonAttributes.filter((one) => one.name === 'externalId')),
      ...attributes,
    ].map(described),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${urn}` },
  }));
}

export function oneOf(documents: readonly Resource[], id: string): Resource {
  const found = documents.find((one) => String(one['id']).toLowerCase() === id.toLowerCase());
  if (found === undefined) throw notFound(`There is no ${JSON.stringify(id.slice(0, 200))}`);
  return found;
}

export function allOf(resources: Resource[]) {
  return listAnswer({ totalResults: resources.length, startIndex: 1, resources });
}

function described({
  isLabel: _isLabel,
  maxLength: _maxLength,
  subAttributes,
  ...attribute
}: Attribute): Resource {
  return {
    ...attribute,
    returned: attribute.mutability === 'writeOnly' ? 'never' : 'default',
    ...(subAttributes.length === 0 ? {} : { subAttributes: subAttributes.map(described) }),
  };
}
