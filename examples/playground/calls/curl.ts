/** Prints a call as a command for bash: curl, and openssl where a proof has to be signed. */
import type { Call, Value } from './call.ts';
import type { ProofKey } from './proof-key.ts';
import { clientSecret, type Secret } from './secret.ts';

export function curlOf({ client, form, token, key, method, url }: Call): string {
  const lines = [
    `curl -sSw '\\n' ${quoted(url)}`,
    ...(form ? [`-u "${client.id}:$${clientSecret(client).variable}"`] : []),
    ...(token ? [`-H "authorization: ${token.scheme} $${token.secret.variable}"`] : []),
    ...(key ? [`-H "dpop: $(proof ${[method, quoted(url), ...tokenArgument(token)].join(' ')})"`] : []),
    ...Object.entries(form ?? {}).map(([name, value]) => parameter(name, value)),
  ];
  const command = lines.join(' \\\n  ');
  return key ? `${proofFunction(key)}\n\n${command}` : command;
}

/** The lines that give the variables their values. */
export function exportsOf(variables: Secret[]): string {
  return variables.map(({ variable, value }) => `export ${variable}=${quoted(value)}`).join('\n');
}

function tokenArgument(token: Call['token']): string[] {
  return token ? [`"$${token.secret.variable}"`] : [];
}

function parameter(name: string, value: Value): string {
  if (typeof value !== 'string') return `--data-urlencode "${name}=$${value.variable}"`;
  if (/^[\w.:/-]*$/.test(value)) return `-d ${name}=${value}`;
  return `--data-urlencode ${quoted(`${name}=${value}`)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** openssl signs in DER, two integers; a JWS has them as 32 bytes each. */
function proofFunction({ jwk, secret }: ProofKey): string {
  const header = JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk });
  return `# A proof for one request: METHOD URL [ACCESS_TOKEN]
b64() { openssl base64 -A | tr '+/' '-_' | tr -d =; }
proof() {
  local ath=\${3:+",\\"ath\\":\\"$(printf %s "$3" | openssl dgst -sha256 -binary | b64)\\""}
  local claims="{\\"jti\\":\\"$(openssl rand -hex 16)\\",\\"iat\\":$(date +%s),\\"htm\\":\\"$1\\",\\"htu\\":\\"$2\\"$ath}"
  local signed="$(printf %s '${header}' | b64).$(printf %s "$claims" | b64)"
  local hex=$(printf %s "$signed" | openssl dgst -sha256 -sign <(printf '%s\\n' "$${secret.variable}") |
    openssl asn1parse -inform DER | awk -F: '/INTEGER/ { printf "%64s", $NF }' | tr ' ' 0)
  printf %s "$signed.$(printf "$(printf %s "$hex" | sed 's/../\\\\x&/g')" | b64)"
}`;
}
