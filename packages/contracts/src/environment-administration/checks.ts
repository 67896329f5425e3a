/** Describes `/environments/{id}/check`. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { sentencesField } from '../answers/diagnosis.ts';

export const stepNames = ['resolve', 'tcp', 'tls', 'register', 'read'] as const;

/** At an LDAP server. */
export const directoryStepNames = ['resolve', 'tcp', 'tls', 'bind', 'search', 'person'] as const;

export const stepSchema = z.object({
  step: z.enum([...new Set([...stepNames, ...directoryStepNames])]),
  status: z.enum(['ok', 'failed', 'skipped']),
  message: z.string().describe('What happened and, when it failed, what to change.'),
  sentences: sentencesField,
  durationMs: z.int(),
});
components.add(stepSchema, { id: 'CheckStep' });

export const discoveryStepSchema = stepSchema.extend({ step: z.literal('discover') });

export const loginStepSchema = stepSchema.extend({ step: z.enum(['tenant', 'application', 'people']) });

/** In the people store. */
export const peopleStepSchema = stepSchema.extend({ step: z.enum(['store', 'people', 'passwords']) });

export const serverCheckSchema = z.object({
  serverId: z
    .string()
    .describe(
      'Its id in the list of the environment, or in the registry; of an LDAP server address and port.',
    ),
  source: z.enum(['list', 'registry']),
  role: z.enum(['primary', 'backup', 'proxy']),
  address: z.string(),
  port: z.int(),
  ok: z.boolean(),
  steps: z.array(stepSchema),
  login: z
    .array(loginStepSchema)
    .optional()
    .describe('Whether the server gives what a login reads; absent when a step before it failed.'),
});
components.add(serverCheckSchema, { id: 'ServerCheck' });

export const checkSchema = z.object({
  environmentId: z.string(),
  environmentName: z.string().optional().describe('The release before answers none.'),
  ok: z
    .boolean()
    .describe(
      'The registry, where there is one, listed a server, and every server passed every step, those of the login too; or people of the store can sign in.',
    ),
  discovery: discoveryStepSchema
    .optional()
    .describe('What consulService or srvRecord led to; absent without either.'),
  servers: z.array(serverCheckSchema),
  people: z
    .array(peopleStepSchema)
    .optional()
    .describe(
      'Whether the people store can be read, and how many can sign in; absent with another directory.',
    ),
});
components.add(checkSchema, { id: 'EnvironmentCheck' });

export type StepName = (typeof stepNames)[number];
export type Step = z.infer<typeof stepSchema>;
export type LoginStep = z.infer<typeof loginStepSchema>;
export type DiscoveryStep = z.infer<typeof discoveryStepSchema>;
export type PeopleStep = z.infer<typeof peopleStepSchema>;
export type ServerCheck = z.infer<typeof serverCheckSchema>;
export type Check = z.infer<typeof checkSchema>;
