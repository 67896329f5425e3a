/** Defines the user on the wire, in the form that existing applications read. */
import { components } from '@gatehouse/contracts/answers';
import { z } from 'zod';

export const cloudUserDetailsSchema = z.object({
  username: z.string(),
  loginName: z.string(),
  cmeUserName: z.string(),
  contactCenterId: z.string(),
  environmentId: z.string(),
  dbid: z.int(),
  authorities: z.array(z.object({ name: z.string(), privileges: z.array(z.string()) })),
  properties: z.record(z.string(), z.string()),
});
components.add(cloudUserDetailsSchema, { id: 'UserDetails' });

export const openIdUserInfoSchema = cloudUserDetailsSchema.extend({
  sub: z.string(),
  aud: z.string(),
  user_name: z.string(),
  environment_id: z.string(),
  contact_center_id: z.string(),
  name: z.string().optional(),
  given_name: z.string().optional(),
  family_name: z.string().optional(),
  preferred_username: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  roles: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
});
components.add(openIdUserInfoSchema, { id: 'UserInfo' });

export type CloudUserDetails = z.infer<typeof cloudUserDetailsSchema>;
export type OpenIdUserInfo = z.infer<typeof openIdUserInfoSchema>;
