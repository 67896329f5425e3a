/** Writes what all answers of SCIM share: media type, entity tag, and the attribute `meta`. */
import type { FastifyReply } from 'fastify';
import type { Person } from '../people/person.ts';
import { scimMediaType } from './errors.ts';

/** Resources have attributes of any name, so no schema serializes them; `userOf` and `groupOf` list what they have. */
export function send(reply: FastifyReply, status: number, body: object): never {
  return reply
    .code(status)
    .type(scimMediaType)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(body)) as never;
}

export function metaOf(
  resourceType: string,
  location: string,
  { version, createdAt, updatedAt }: Pick<Person, 'version' | 'createdAt' | 'updatedAt'>,
) {
  return { resourceType, created: createdAt, lastModified: updatedAt, location, version: scimTagOf(version) };
}

/** The same version may be given back in part (`attributes`), so the tag is weak. */
export function scimTagOf(version: number): string {
  return `W/"${version}"`;
}
