/** Describes SAML settings of a contact centre: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { flag, integer } from '../values/scalar.ts';
import { freeText, label } from '../values/text.ts';
import { settingsOf, sharedFields } from './single-sign-on.ts';

const maxMetadataLength = 512 * 1024;
const maxCertificateLength = 16 * 1024;
const text = label();

const attribute = (label: string, help: string) =>
  field(text.nullish(), { label, help, group: 'people', isClearable: true });

export const saml = {
  name: 'saml',
  fields: {
    ...sharedFields,
    binding: field(z.enum(['post', 'redirect'], { error: 'must be "post" or "redirect"' }).optional(), {
      label: 'How requests are sent',
      help: 'POST suits most identity providers. A redirect makes shorter ways.',
      group: 'protection',
      initial: 'post',
    }),
    idpMetadataXml: field(freeText(maxMetadataLength).nullish(), {
      label: 'Metadata document',
      help: 'Paste the XML where the metadata has no address. It takes the place of the address, which must be empty then.',
      group: 'provider',
      isClearable: true,
    }),
    idpMetadataUrl: field(freeText(2048).nullish(), {
      label: 'Address of the metadata',
      help: 'Read again every hour, so that new certificates of the identity provider need no work here.',
      group: 'provider',
      isClearable: true,
    }),
    idpMetadataCertificate: field(freeText(maxCertificateLength).nullish(), {
      label: 'Certificate of the metadata',
      help: 'In PEM. With it, the metadata counts only if this certificate has signed it.',
      group: 'provider',
      isClearable: true,
    }),
    userNameSource: field(
      z.enum(['nameId', 'attribute'], { error: 'must be "nameId" or "attribute"' }).optional(),
      {
        label: 'Where the name is',
        help: 'The part of the assertion that holds the name.',
        group: 'person',
        initial: 'nameId',
      },
    ),
    userNameAttribute: field(label().nullish(), {
      label: 'Attribute with the name',
      help: 'Needed where the name is in an attribute.',
      group: 'person',
      isClearable: true,
    }),
    subjectAttribute: attribute(
      'Attribute that never changes',
      'By its only value a person is found where people are created, such as an object identifier. Empty: by a persistent NameID. Never a name or an address: another person may get it.',
    ),
    firstNameAttribute: attribute('Attribute with the first name', 'Of people who are created.'),
    lastNameAttribute: attribute('Attribute with the last name', 'Of people who are created.'),
    emailAttribute: attribute(
      'Attribute with the e-mail address',
      'Of people who are created. Only where nobody but your own administrators can set addresses there.',
    ),
    groupsAttribute: field(label().nullish(), {
      label: 'Attribute with the groups',
      help: 'Needed with required groups, and with groups that the identity provider gives.',
      group: 'who',
      isClearable: true,
    }),
    nameIdFormat: field(label().nullish(), {
      label: 'Format of the NameID',
      help: 'Asked for at the identity provider. Most need none.',
      group: 'person',
      isClearable: true,
    }),
    signRequests: field(flag().optional(), {
      label: 'Sign requests',
      help: 'The identity provider can tell that a request is from Gatehouse.',
      group: 'protection',
      initial: true,
    }),
    requireSignedResponse: field(flag().optional(), {
      label: 'Require a signed response',
      help: 'Assertions must be signed in any case. With this, the whole response must be, too.',
      group: 'protection',
      initial: false,
    }),
    encryptAssertions: field(flag().optional(), {
      label: 'Require encrypted assertions',
      help: 'Our metadata then offers a key to encrypt for, and an assertion in the clear is refused. Let the identity provider read the metadata again after saving.',
      group: 'protection',
      initial: false,
    }),
    allowIdpInitiated: field(flag().optional(), {
      label: 'Let the identity provider begin',
      help: 'A tile at the identity provider may lead here. Gatehouse then asks it once more by itself.',
      group: 'protection',
      initial: false,
    }),
    clockSkewSeconds: field(integer(0, 300).optional(), {
      label: 'Allowed difference of clocks',
      help: 'In seconds, at most 300.',
      group: 'protection',
      initial: 60,
    }),
  },
};

export const samlChangeSchema = settingsOf(saml.fields);

/** As it is sent. */
export type SamlChange = z.input<typeof samlChangeSchema>;
