/** Describes the attributes of users and groups (RFC 7643): what may be written, filtered and given back. */

export interface Attribute {
  name: string;
  type: 'string' | 'boolean' | 'complex' | 'reference' | 'dateTime' | 'binary';
  /** Of a reference: kinds of resources, `external` or `uri`. */
  referenceTypes?: readonly string[];
  /** The only values that mean something here. */
  canonicalValues?: readonly string[];
  multiValued: boolean;
  mutability: 'readWrite' | 'readOnly' | 'writeOnly' | 'immutable';
  required: boolean;
  caseExact: boolean;
  uniqueness: 'none' | 'server';
  maxLength: number;
  /** Stands in a name or a header elsewhere, so it is on one line. */
  isLabel: boolean;
  subAttributes: readonly Attribute[];
}

export interface ScimSchema {
  urn: string;
  name: string;
  description: string;
  attributes: readonly Attribute[];
}

/** A schema with the extension that its resources may have. */
export interface ResourceSchema {
  core: ScimSchema;
  extension?: ScimSchema;
}

const plain: Omit<Attribute, 'name'> = {
  type: 'string',
  multiValued: false,
  mutability: 'readWrite',
  required: false,
  caseExact: false,
  uniqueness: 'none',
  maxLength: 1_024,
  isLabel: false,
  subAttributes: [],
};

function attribute(name: string, more: Partial<Attribute> = {}): Attribute {
  return { ...plain, name, ...more };
}

const reference = (name: string, referenceTypes: readonly string[], more: Partial<Attribute> = {}) =>
  attribute(name, { type: 'reference', referenceTypes, ...more });
const external = ['external'];
const named = (...names: string[]) => names.map((name) => attribute(name));
const label = (name: string, more: Partial<Attribute> = {}) =>
  attribute(name, { isLabel: true, maxLength: 255, ...more });
const readOnly = { mutability: 'readOnly' } as const;
const immutable = { mutability: 'immutable' } as const;
const single = (name: string, subAttributes: Attribute[], more: Partial<Attribute> = {}) =>
  attribute(name, { type: 'complex', subAttributes, ...more });
const several = (name: string, subAttributes: Attribute[], more: Partial<Attribute> = {}) =>
  single(name, subAttributes, { multiValued: true, ...more });

const primary = attribute('primary', { type: 'boolean' });
/** RFC 7643 section 2.4. */
const valued = (name: string, value: Partial<Attribute> = {}) =>
  several(name, [attribute('value', value), ...named('display', 'type'), primary]);

/** RFC 7643 section 3.1: of every resource. */
export const commonAttributes: readonly Attribute[] = [
  reference('schemas', ['uri'], { multiValued: true, caseExact: true, ...readOnly }),
  attribute('id', { caseExact: true, uniqueness: 'server', ...readOnly }),
  label('externalId', { caseExact: true }),
  single(
    'meta',
    [
      attribute('resourceType', { caseExact: true, ...readOnly }),
      attribute('created', { type: 'dateTime', ...readOnly }),
      attribute('lastModified', { type: 'dateTime', ...readOnly }),
      reference('location', ['uri'], { caseExact: true, ...readOnly }),
      attribute('version', { caseExact: true, ...readOnly }),
    ],
    readOnly,
  ),
];

export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const user: ScimSchema = {
  urn: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person who signs in',
  attributes: [
    label('userName', { required: true, uniqueness: 'server' }),
    single('name', [
      label('givenName'),
      label('familyName'),
      ...named('formatted', 'middleName', 'honorificPrefix', 'honorificSuffix'),
    ]),
    ...named('displayName', 'nickName', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone'),
    reference('profileUrl', external, { caseExact: true, maxLength: 2_048 }),
    attribute('active', { type: 'boolean' }),
    attribute('password', { mutability: 'writeOnly', caseExact: true }),
    valued('emails', { isLabel: true, maxLength: 255 }),
    valued('phoneNumbers'),
    valued('ims'),
    valued('photos', { type: 'reference', referenceTypes: external, caseExact: true, maxLength: 2_048 }),
    several('addresses', [
      ...named('formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type'),
      primary,
    ]),
    valued('entitlements'),
    valued('roles'),
    valued('x509Certificates', { type: 'binary', caseExact: true, maxLength: 8_192 }),
    several(
      'groups',
      [
        ...named('value', 'display'),
        reference('$ref', ['Group']),
        attribute('type', { canonicalValues: ['direct'] }),
      ].map((sub) => ({ ...sub, ...readOnly })),
      readOnly,
    ),
  ],
};

const enterprise: ScimSchema = {
  urn: enterpriseUrn,
  name: 'EnterpriseUser',
  description: 'What companies keep about a person',
  attributes: [
    label('employeeNumber'),
    ...named('costCenter', 'organization', 'division', 'department'),
    single('manager', [...named('value', 'displayName'), reference('$ref', ['User'])]),
  ],
};

const group: ScimSchema = {
  urn: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'People who share access',
  attributes: [
    label('displayName', { required: true, uniqueness: 'server' }),
    // RFC 7643 section 8.7.1: a member is added or removed, and never becomes another one.
    several('members', [
      attribute('value', immutable),
      attribute('display', readOnly),
      reference('$ref', ['User'], immutable),
      attribute('type', { canonicalValues: ['User'], ...immutable }),
    ]),
  ],
};

export const userSchema = { core: user, extension: enterprise } satisfies ResourceSchema;
export const groupSchema: ResourceSchema = { core: group };
export const schemas: readonly ScimSchema[] = [user, enterprise, group];

/** RFC 8141 section 3.1: of the URNs that SCIM defines, none differs from another one in case alone. */
export function isSameUrn(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** RFC 7643 section 2.1: names are the same in any case. */
export function find(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const wanted = name.toLowerCase();
  return attributes.find((one) => one.name.toLowerCase() === wanted);
}

export function attributesOf({ core }: ResourceSchema): readonly Attribute[] {
  return [...commonAttributes, ...core.attributes];
}

export interface Target {
  /** Of the extension that has the attribute. */
  urn?: string;
  attribute: Attribute;
  sub?: Attribute;
}

/** Finds an attribute by a name such as `name.givenName` or `urn:…:User:department`. Undefined for an unknown one. */
export function resolve(schema: ResourceSchema, text: string): Target | undefined {
  const lower = text.toLowerCase();
  const { core, extension } = schema;
  const owner = [core, extension].find((one) => one && lower.startsWith(`${one.urn.toLowerCase()}:`));
  const [name = '', subName, more] = (owner ? text.slice(owner.urn.length + 1) : text).split('.');
  if (more !== undefined) return undefined;
  const isExtension = owner !== undefined && owner === extension;
  const attribute = find(isExtension ? owner.attributes : attributesOf(schema), name);
  const sub = attribute && subName !== undefined ? find(attribute.subAttributes, subName) : undefined;
  if (attribute === undefined || (subName !== undefined && sub === undefined)) return undefined;
  return { attribute, ...(isExtension ? { urn: owner.urn } : {}), ...(sub ? { sub } : {}) };
}
