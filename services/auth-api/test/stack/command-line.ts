/** What the program `gatehouse` is told of a whole Auth API. */
import { type AuthApi, ops } from './auth-api.ts';

/** Has it listen; the environment variables of its operator. */
export async function operatorEnvironment({ app }: AuthApi): Promise<Record<string, string>> {
  return {
    GATEHOUSE_URL: await app.listen({ host: '127.0.0.1', port: 0 }),
    GATEHOUSE_USERNAME: ops.username,
    GATEHOUSE_PASSWORD: ops.password,
  };
}
