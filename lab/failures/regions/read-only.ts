/** Checks how a read-only region answers while the writable one runs. */

import type { Findings } from '../../harness/findings.ts';
import { createCallers } from './callers.ts';
import type { Installation } from './installation.ts';

export async function checkReadOnly({ publicUrl, first, second }: Installation, findings: Findings) {
  const [there, here] = [createCallers(first, publicUrl), createCallers(second, publicUrl)];
  // A replica that has just started may answer 503 until its link to the Configuration Server is open.
  await findings.eventually('login here', 200, async () => (await here.logIn('opaque')).status);
  const login = await here.logIn('opaque');
  const jwt = await here.logIn('jwt');
  await findings.expect('opaque token of here: valid here', true, () => here.isActive(login.access));
  await findings.expect('JWT of here: valid in the writable region', true, () => there.isActive(jwt.access));
  await findings.expect('refresh here', 200, async () => (await here.refresh('jwt', jwt.refresh)).status);
  await findings.eventually('security event of a login here: in the one trail', true, async () =>
    (await there.events(login.requestId)).includes('login_succeeded'),
  );
  await findings.expect('revocation of a JWT here: acknowledged', 200, async () => {
    const { status } = await here.revoke('jwt', jwt.access);
    return status;
  });
  await findings.eventually('… and refused in the writable region', false, () => there.isActive(jwt.access));
  for (const [what, path, body] of [
    [
      'client',
      '/auth/v3/ops/clients',
      { client_id: 'refused', client_secret: 'long-enough', authorities: [] },
    ],
    ['signing key', '/auth/v3/ops/signing-keys/rotate', {}],
    ['location', '/environment/v3/locations', { location: '/X' }],
  ] as const)
    await findings.expect(`administrator writes a ${what} here`, '403 read_only_region', async () => {
      const { status, body: answer } = await here.operate(path, body);
      return `${status} ${(answer?.['status'] as { name?: string })?.name}`;
    });

  const before = here.kidOf((await there.logIn('jwt')).access);
  await there.operate('/auth/v3/ops/signing-keys/rotate', {});
  const rotated = await there.logIn('jwt');
  await findings.expect('key rotated in the writable region: another one signs', true, async () => {
    return there.kidOf(rotated.access) !== before;
  });
  await findings.expect('JWT of the new key: valid here at once', true, () => here.isActive(rotated.access));
  await findings.eventually(
    '… and a login here is signed by it',
    true,
    async () => here.kidOf((await here.logIn('jwt')).access) === there.kidOf(rotated.access),
  );
  const written = String(performance.now());
  await there.writeSetting('replicated', written);
  await findings.eventually(
    'setting of the writable region: readable here',
    true,
    async () => (await here.setting('replicated')) === written,
  );
}
