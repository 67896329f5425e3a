/** Defines SAML settings of a contact centre by their rules. */

import { X509Certificate } from 'node:crypto';
import { wrapped } from '@gatehouse/contracts/answers';
import { locationField, persistentNameId, type SamlSettings } from '@gatehouse/contracts/environment-api';
import { initialOf } from '@gatehouse/contracts/resource';
import { saml as description, samlChangeSchema } from '@gatehouse/contracts/resources';
import type { ProblemReason } from '@gatehouse/contracts/values';
import { weaknessOfCertificate } from '@gatehouse/service-kit/crypto';
import type { FieldProblem } from '@gatehouse/service-kit/errors';
import type { z } from 'zod';
import { addressProblem, groupProblems, mergeFields, type Protocol, peopleProblems } from './protocol.ts';

export const samlBody = wrapped(samlChangeSchema.extend({ location: locationField }));

export type SamlPatch = z.output<typeof samlChangeSchema>;

export const saml: Protocol<SamlSettings, SamlPatch> = {
  name: 'saml',
  defaults: initialOf(description),
  merge(present, patch) {
    const merged = mergeFields(present, patch);
    // Metadata in one form replaces the other form, which could contradict it.
    if (typeof patch.idpMetadataXml === 'string' && patch.idpMetadataUrl === undefined)
      delete merged.idpMetadataUrl;
    if (typeof patch.idpMetadataUrl === 'string' && patch.idpMetadataXml === undefined)
      delete merged.idpMetadataXml;
    return merged;
  },
  problemsOf(settings) {
    const problems: FieldProblem[] = [];
    const { idpMetadataXml: xml, idpMetadataUrl: url } = settings;
    const add = (field: string, message: string, reason: ProblemReason) =>
      problems.push({ field: `data.${field}`, message, reason });
    if (xml !== undefined && url !== undefined) {
      add('idpMetadataUrl', 'idpMetadataXml and idpMetadataUrl are both given: keep one', 'one_of_two');
    }
    if (settings.enabled && xml === undefined && url === undefined) {
      add(
        'idpMetadataUrl',
        'there is no metadata of the identity provider: give idpMetadataXml or idpMetadataUrl, or enabled: false',
        'missing',
      );
    }
    const addressIs = url === undefined ? undefined : addressProblem(url);
    if (addressIs !== undefined) add('idpMetadataUrl', addressIs, 'no_address');
    if (xml !== undefined) {
      const documentIs = metadataProblem(xml);
      if (documentIs !== undefined) add('idpMetadataXml', documentIs, 'wrong_form');
    }
    const certificateIs =
      settings.idpMetadataCertificate === undefined
        ? undefined
        : certificateProblem(settings.idpMetadataCertificate);
    if (certificateIs !== undefined) add('idpMetadataCertificate', certificateIs, 'no_key');
    if (settings.userNameSource === 'attribute' && settings.userNameAttribute === undefined) {
      add(
        'userNameAttribute',
        'userNameSource is "attribute": name the attribute in userNameAttribute, or use "nameId"',
        'missing',
      );
    }
    problems.push(...groupProblems(settings, settings.groupsAttribute, 'groupsAttribute'));
    problems.push(...peopleProblems(settings));
    if (settings.createPeople && settings.subjectAttribute === undefined && hasNamesThatChange(settings))
      add(
        'subjectAttribute',
        `is missing: a NameID of the format ${settings.nameIdFormat} may name another person tomorrow; name an attribute that never changes, or have a persistent NameID sent`,
        'missing',
      );
    return problems;
  },
  secretOf: () => undefined,
  secretIsFor: () => undefined,
  // The same provider may renew its certificates in its metadata.
  providerOf: ({ idpMetadataUrl, idpMetadataXml = '' }) =>
    idpMetadataUrl ?? /\sentityID\s*=\s*["']([^"']*)["']/.exec(idpMetadataXml)?.[1],
};

const hasNamesThatChange = ({ nameIdFormat }: SamlSettings) =>
  nameIdFormat !== undefined && nameIdFormat !== persistentNameId;

/** Finds obvious mistakes only: Auth API parses the document and verifies its signature when it uses it. */
function metadataProblem(xml: string): string | undefined {
  // A document type can include local files and addresses (XXE); metadata never needs one.
  if (/<!(DOCTYPE|ENTITY)/i.test(xml))
    return 'has a document type declaration, which is not accepted: take it out';
  if (!/<([A-Za-z_][\w.-]*:)?EntityDescriptor[\s>]/.test(xml)) {
    return 'has no EntityDescriptor: paste the SAML metadata document of the identity provider';
  }
  return undefined;
}

function certificateProblem(pem: string): string | undefined {
  try {
    const weakness = weaknessOfCertificate(new X509Certificate(pem));
    return weakness && `its key ${weakness}`;
  } catch {
    return 'is no certificate in PEM: paste it with its BEGIN CERTIFICATE and END CERTIFICATE lines';
  }
}
