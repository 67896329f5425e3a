/** Signs and attests by digest with cosign: keyless in the workflow, by a key of this machine in the rehearsal. */
import { run } from '../programs/execute.ts';
import { releaseProgram } from './programs.ts';

export interface Signer {
  sign(reference: string): Promise<void>;
  /** `predicate`: a file; the statement of in-toto around it names the reference. */
  attest(reference: string, type: 'cyclonedx' | 'slsaprovenance1', predicate: string): Promise<void>;
}

/** @param key file of a private key; without one the identity of the workflow signs */
export async function createSigner(key: string | undefined): Promise<Signer> {
  const program = await releaseProgram('cosign');
  // No service of the network takes part where a key signs.
  const local = ['--tlog-upload=false', '--use-signing-config=false'];
  const by = key === undefined ? ['--yes'] : ['--yes', '--key', key, ...local];
  return {
    sign: async (reference) => void (await run(program, ['sign', ...by, reference])),
    attest: async (reference, type, predicate) =>
      void (await run(program, ['attest', ...by, '--type', type, '--predicate', predicate, reference])),
  };
}

/** Arguments of cosign that say whose signature counts. */
export function trustArguments(publicKey: string | undefined, environment = process.env): string[] {
  if (publicKey !== undefined) return ['--key', publicKey, '--insecure-ignore-tlog=true'];
  const { GITHUB_SERVER_URL: server, GITHUB_WORKFLOW_REF: workflow } = environment;
  if (!server || !workflow) throw new Error('Outside of the workflow nobody signs without a key: give --key');
  return [
    ...['--certificate-identity', `${server}/${workflow}`],
    ...['--certificate-oidc-issuer', 'https://token.actions.githubusercontent.com'],
  ];
}
