/** Puts the demo people into the people store, by SCIM as a provisioning program does. Only `npm start` does it, in local mode. */
import { createPeopleAdministration } from '@gatehouse/api-client/environment-api';
import { basicAuthorization, createHttpClient } from '@gatehouse/api-client/http';
import { PlainError } from '../../bootstrap/progress.mjs';
import { contactCenterId, type DemoUser, leads, operator, users } from './demo.ts';

const groups = [
  { displayName: 'Agents', members: ['agent'] },
  { displayName: leads.group, members: leads.members },
];

/** Where anybody is there already, people are left as somebody may have changed them. @returns those who can sign in */
export async function providePeople(
  publicUrl: string,
  id = contactCenterId,
  wanted: readonly DemoUser[] = users,
): Promise<DemoUser[]> {
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl: publicUrl,
    timeoutMs: 10_000,
    authorization: async () => basicAuthorization(operator.username, operator.password),
  });
  try {
    const people = createPeopleAdministration(http, id);
    const present = await people.list();
    if (present.length > 0)
      return wanted.filter(({ username }) =>
        present.some(({ userName, active }) => userName === username && active !== false),
      );
    const created = await people.bulk([
      ...wanted.map(({ username, password }) => ({
        method: 'POST' as const,
        path: '/Users',
        data: {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName: username,
          name: { givenName: 'Demo', familyName: username },
          emails: [{ value: `${username}@example.com`, primary: true }],
          active: true,
          password,
        },
      })),
      ...groups.map(({ displayName, members }) => ({
        method: 'POST' as const,
        path: '/Groups',
        data: {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
          displayName,
          // The client numbers the operations in their order.
          members: members.map((name) => ({
            value: `bulkId:${wanted.findIndex(({ username }) => username === name)}`,
          })),
        },
      })),
    ]);
    const refused = created.find(({ status }) => !status.startsWith('2'));
    if (refused)
      throw new PlainError(`The demo people were refused: ${refused.response?.detail ?? refused.status}`);
    return [...wanted];
  } finally {
    await http.close();
  }
}
