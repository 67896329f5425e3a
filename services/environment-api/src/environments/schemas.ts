/** Checks bodies and queries of `/environments`. The Configuration Server password is write-only. */

import { nextCursorSchema, totalFields, wrapped } from '@gatehouse/contracts/answers';
import { environmentSchema } from '@gatehouse/contracts/environment-administration';
import { checkedBy } from '@gatehouse/contracts/resource';
import { environment, environmentChangeSchema, newEnvironmentSchema } from '@gatehouse/contracts/resources';
import { idSchema, label } from '@gatehouse/contracts/values';
import { countQuery, pageQuery, sortQuery } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { checkNew } from './directory.ts';
import { ldapSchema } from './ldap.ts';
import { tlsField } from './tls.ts';

/** With the checks of filters and certificates, for which this service has parsers. */
const checked = { ldap: checkedBy(environment.fields.ldap, ldapSchema.nullish()), tls: tlsField };

export const newEnvironmentFields = newEnvironmentSchema.extend(checked);

export const checkedNewEnvironment = newEnvironmentFields.superRefine(checkNew, { when: () => true });
export const createEnvironmentBody = wrapped(checkedNewEnvironment);

export const changedEnvironmentFields = environmentChangeSchema.extend(checked);
export const changeEnvironmentBody = wrapped(changedEnvironmentFields);

export const environmentListQuery = z.object({
  ...pageQuery(),
  ...countQuery,
  ...sortQuery,
  search: label()
    .optional()
    .describe(
      'Only those with this text in their name, a server address, the tenant, the application or a base of LDAP, in any case.',
    ),
  ids: z
    .string()
    .max(4096)
    .transform((text) => text.split(','))
    .pipe(z.array(idSchema).max(100))
    .optional()
    .describe('Only those with one of these ids, at most 100, separated by commas.'),
});

export const environmentList = {
  data: z.array(environmentSchema),
  nextCursor: nextCursorSchema,
  ...totalFields,
};

export type NewEnvironment = z.output<typeof newEnvironmentFields>;
export type EnvironmentPatch = z.output<typeof changedEnvironmentFields>;
