/** Describes what the overviews of both APIs share: problems, what ends soon, and what waits to be shipped. */

import { z } from 'zod';
import { components } from './components.ts';
import { sentencesField } from './diagnosis.ts';

/** Sections of docs/guides/runbooks.md that a problem may name; a test compares them with the page. */
export const runbooks = [
  'a-dependency-is-down',
  'a-clock-is-wrong',
  'people-cannot-sign-in',
  'no-connection-to-a-configuration-server',
  'no-login-can-succeed-in-an-environment',
  'a-configuration-server-is-slow',
  'somebody-tries-passwords',
  'single-sign-on-fails',
  'contact-centres-share-their-people',
  'contact-centres-share-their-subjects',
  'a-client-is-refused',
  'a-certificate-ends',
  'a-proxy-is-not-trusted',
  'a-setting-is-deprecated',
  'passkeys-are-off',
  'audit-events-wait',
  'audit-events-do-not-reach-the-second-destination',
  'audit-events-are-refused',
  'alerts-do-not-arrive',
  'deletions-wait',
  'an-entry-of-an-administrator-gives-no-right',
  'the-installation-differs-from-its-documents',
] as const;

export const problemSchema = z.object({
  severity: z.enum(['critical', 'warning']).describe('`critical`: something does not work.'),
  runbook: z.enum(runbooks).describe('Section of docs/guides/runbooks.md: its anchor there.'),
  subject: z
    .string()
    .describe(
      'What has it: a dependency, an environment, a contact centre, an owner of documents, or `installation`.',
    ),
  subjectName: z.string().optional().describe('As people call it, where the subject is an identifier.'),
  message: z.string().describe('What was found, in a sentence.'),
  sentences: sentencesField,
});
components.add(problemSchema, { id: 'Problem' });

export const endingKinds = [
  'provider-certificate',
  'own-certificate',
  'signing-key',
  'client-certificate',
  'config-server-certificate',
  'certificate-authority',
  'api-key',
] as const;

export const endingSchema = z.object({
  kind: z
    .enum(endingKinds)
    .describe(
      '`provider-certificate`: of an identity provider. `own-certificate`: ours towards identity providers. `client-certificate`: registered by a client, also of an issuer of SAML assertions. `config-server-certificate`: shown to the Configuration Servers of an environment. `certificate-authority`: of the servers of an environment.',
    ),
  name: z.string(),
  endsAt: z.iso.datetime(),
  renewsItself: z.boolean().describe('Nothing is to be done.'),
  contactCenterId: z.string().optional(),
  environmentId: z.string().optional(),
  clientId: z.string().optional(),
});
components.add(endingSchema, { id: 'Ending' });

export const auditLagSchema = z.object({
  destination: z
    .enum(['postgresql', 'elasticsearch', 'second'])
    .describe('`second`: the second destination.'),
  waiting: z.int().describe('Events that it does not have yet.'),
  oldestSeconds: z.number().describe('How long the oldest of them has waited; 0 when none does.'),
  refused: z.int().describe('Events that it refused for what they are.'),
});
components.add(auditLagSchema, { id: 'AuditLag' });

export const windows = ['1h', '24h', '48h'] as const;

export type Runbook = (typeof runbooks)[number];
export type Problem = z.infer<typeof problemSchema>;
export type Ending = z.infer<typeof endingSchema>;
export type AuditLag = z.infer<typeof auditLagSchema>;
export type OverviewWindow = (typeof windows)[number];
