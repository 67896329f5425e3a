/** Lists the kinds of documents: configuration as code has the same resources as the APIs, with names in place of ids. */
import { z } from 'zod';
import { rootLocation } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';
import type { Fields, Resource } from '../resource/resource.ts';
import { administrator } from '../resources/administrator.ts';
import { branding } from '../resources/branding.ts';
import { client } from '../resources/client.ts';
import { contactCenter } from '../resources/contact-center.ts';
import { environment } from '../resources/environment.ts';
import { oidc } from '../resources/oidc.ts';
import { saml } from '../resources/saml.ts';
import { setting } from '../resources/setting.ts';
import { signalReceiver } from '../resources/signal-receiver.ts';
import { passwordWay } from '../values/way-of-sign-in.ts';

/** In the order in which they are written: what others need comes first. */
export const documentKindNames = [
  'Location',
  'Environment',
  'ContactCenter',
  'Setting',
  'Branding',
  'SingleSignOn',
  'Origin',
  'Client',
  'Administrator',
  'SignalReceiver',
] as const;

export type DocumentKindName = (typeof documentKindNames)[number];

/** What tells apart two documents of one kind and name. */
export const placeNames = ['contactCenter', 'location', 'way'] as const;
export type PlaceName = (typeof placeNames)[number];

export interface DocumentKind {
  /** For editors. */
  help: string;
  /** What `metadata.name` is. */
  name: string;
  /** Beside the name; a place with a default may be left out. */
  places: Partial<Record<PlaceName, { isNeeded: boolean; default?: string }>>;
  /** By the name where the fields depend on it, else under `''`. */
  specs: Readonly<Record<string, Resource>>;
  /** Whether it stays the same thing under another name. */
  isRenamable?: true;
  /** Objects whose fields the API changes one by one; others are replaced as a whole. */
  merged: readonly string[];
}

const identified = ['id', 'client_id', 'endpoint', 'location', 'user', 'contactCenter', 'way'];

/** The fields of a resource that no name and no place tells. */
function specOf(resource: Resource, without: readonly string[] = []): Resource {
  const taken = new Set([...identified, ...without]);
  const fields = Object.entries(resource.fields).filter(([name]) => !taken.has(name));
  return { name: resource.name, fields: Object.fromEntries(fields) };
}

const specs = (fields: Resource) => ({ '': fields });
const bare = (name: string, fields: Fields = {}) => specs({ name, fields });

const optionalCenter = { isNeeded: false };
const neededCenter = { isNeeded: true };
const somewhere = { isNeeded: false, default: rootLocation };

/** A picture is not sent by an address: what is behind it may change. */
const logo = field(
  z
    .string()
    .max(100_000, 'is longer than a stored picture can be')
    .regex(/^data:image\/webp;base64,[A-Za-z0-9+/]+={0,2}$/, 'must be a picture as an export gives it')
    .nullish(),
  {
    label: 'Logo',
    help: 'A picture as an export gives it: `data:image/webp;base64,…`.',
    group: 'identity',
    isClearable: true,
  },
);
const withLogo = { name: branding.name, fields: { ...branding.fields, logo } };

export const documentKinds: Readonly<Record<DocumentKindName, DocumentKind>> = {
  Location: {
    help: 'A location that is declared, so that settings can name it before a server does.',
    name: 'The path, such as /USW1.',
    places: {},
    specs: bare('location'),
    merged: [],
  },
  Environment: {
    help: 'Where people are: Configuration Servers, an LDAP directory, or the people store.',
    name: 'Its name. No other environment has it, also in other capital or small letters.',
    places: {},
    specs: specs(specOf(environment, ['name'])),
    isRenamable: true,
    merged: ['tls', 'tls.mutual', 'ldap', 'ldap.filters', 'ldap.attributes'],
  },
  ContactCenter: {
    help: 'A contact centre: the tenant names that people type, and the environment that knows them.',
    name: 'Its unique name: the first tenant name, unless a document has given it another.',
    places: {},
    specs: specs(specOf(contactCenter)),
    isRenamable: true,
    merged: ['secondFactor'],
  },
  Setting: {
    help: 'A setting of a contact centre, or of all of them.',
    name: 'The name of the setting.',
    places: { contactCenter: optionalCenter, location: somewhere },
    specs: specs(specOf(setting, ['name'])),
    merged: [],
  },
  Branding: {
    help: 'How pages look: of a contact centre, or of all that have none of their own.',
    name: 'The location where it counts; / is everywhere.',
    places: { contactCenter: optionalCenter },
    specs: specs(specOf(withLogo)),
    merged: [],
  },
  SingleSignOn: {
    help: 'Settings by which people of a contact centre sign in at an identity provider.',
    name: 'The protocol: saml or oidc.',
    places: { contactCenter: neededCenter, location: somewhere },
    specs: { saml: specOf(saml), oidc: specOf(oidc) },
    merged: [],
  },
  Origin: {
    help: 'An origin whose web pages may call the APIs.',
    name: 'The origin, such as https://desktop.example.com.',
    places: { contactCenter: neededCenter },
    specs: bare('origin'),
    merged: [],
  },
  Client: {
    help: 'An OAuth client.',
    name: 'The client id.',
    places: {},
    specs: specs(specOf(client)),
    merged: [],
  },
  Administrator: {
    help: 'An entry of the list of installation administrators.',
    name: 'The person: the name that they sign in with, or their identifier (sub).',
    places: { contactCenter: optionalCenter, way: { isNeeded: false, default: passwordWay } },
    specs: bare('administrator', { note: administrator.fields.note }),
    merged: [],
  },
  SignalReceiver: {
    help: 'A receiver of shared signals (OpenID CAEP).',
    name: 'The https address that takes the tokens.',
    places: {},
    specs: specs(specOf(signalReceiver)),
    merged: [],
  },
};

/** The names by which documents refer to what an API refers to by id. */
export const referenceNames = {
  environmentId: 'environment',
  contactCenterIds: 'contactCenters',
} as const;
