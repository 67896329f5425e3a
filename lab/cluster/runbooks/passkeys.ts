/** The incident of passkeys that one pod can show: FIDO metadata that cannot be used. The tests of Auth API show the other hosts. */
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { mustBe } from '../step.ts';
import { accessTokenOf } from './callers.ts';
import { runbook, service } from './operator.ts';

/** Every image has it, and it is no metadata. */
const file = '/etc/passwd';
const sentence = `The FIDO metadata of ${file} cannot be used`;

export const passkeyIncidents = [
  runbook('Passkeys are off', async ({ cluster, application, gatehouse, logged, says }) => {
    await upgrade(cluster, service, `config.passkeys.metadataFile=${file}`);
    try {
      await says('gatehouse doctor', sentence);
      await logged('the FIDO metadata cannot be used');
      accessTokenOf(await application.signIn());
    } finally {
      await rollBackAll(cluster, [service]);
    }
    const said = await gatehouse('gatehouse doctor');
    mustBe(!said.includes(sentence), `doctor still names it:\n${said}`);
    return 'log and doctor name the file, people sign in; nothing after the correction';
  }),
];
