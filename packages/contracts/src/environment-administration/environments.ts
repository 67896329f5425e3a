/** Describes `/environments` and their Configuration Servers. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { ldapSchema } from '../environment-api/directory.ts';
import { classicTraceModes } from '../environment-api/environment.ts';
import { shownShape } from '../resource/shown.ts';
import { configServer } from '../resources/config-server.ts';
import { environment } from '../resources/environment.ts';

const server = shownShape(configServer);

export const configServerSchema = z.object({ ...server, id: server.id.unwrap() });
components.add(configServerSchema, { id: 'ConfigServer' });

const { id, name, directory: _anyText, ...shown } = shownShape(environment);

export const environmentSchema = z.object({
  id: id.unwrap(),
  /** The release before answers none. */
  name,
  /** Every release knows the kinds. */
  directory: environment.fields.directory,
  ...shown,
  /** By the name that installers know, whichever was sent. */
  traceMode: z.enum(Object.values(classicTraceModes)),
  configServers: z.array(configServerSchema),
  /** Whole: what was not sent has a value that fits the type. */
  ldap: ldapSchema.optional().describe('Given with directory "ldap".'),
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});
components.add(environmentSchema, { id: 'Environment' });

export type ConfigServer = z.infer<typeof configServerSchema>;
export type Environment = z.infer<typeof environmentSchema>;
