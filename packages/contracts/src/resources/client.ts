/** Describes an OAuth client: what administrators and provisioning scripts send, and what is told about each field. */
import type { z } from 'zod';
import type { ChangeShape } from '../resource/resource.ts';
import { appearance } from './client/appearance.ts';
import { exchange } from './client/exchange.ts';
import { protection } from './client/protection.ts';
import { grants, names, reach, signIn } from './client/sign-in.ts';
import { logout, tokens } from './client/tokens.ts';

/** In the order of the reference. */
export const client = {
  name: 'client',
  fields: {
    ...names,
    ...grants,
    ...signIn,
    ...reach,
    ...tokens,
    ...logout,
    ...protection,
    ...exchange,
    ...appearance,
  },
};

type Fields = typeof client.fields;

/** The body that creates or changes a client, as it is sent; each field may be missing in both. */
export type ClientInput = z.input<z.ZodObject<Pick<Fields, 'client_id'> & ChangeShape<Fields>>>;
