/** Prints a call as a Python program that needs nothing but the standard library, and openssl where a proof has to be signed. */
import type { Call, Value } from './call.ts';
import type { ProofKey } from './proof-key.ts';
import { clientSecret } from './secret.ts';

export function pythonOf({ client, form, token, key, method, url }: Call): string {
  const headers = [
    ...(form ? ['"authorization": basic'] : []),
    ...(token ? [`"authorization": "${token.scheme} " + ${read(token.secret.variable)}`] : []),
    ...(key
      ? [
          `"dpop": proof(${[method, url].map(literal).join(', ')}${token ? `, ${read(token.secret.variable)}` : ''})`,
        ]
      : []),
  ];
  const modules = ['json', 'os', ...(form ? ['base64'] : []), ...(key ? proofModules : [])];
  return [
    ...[...new Set(modules)].sort().map((name) => `import ${name}`),
    'from urllib.error import HTTPError',
    ...(form ? ['from urllib.parse import urlencode'] : []),
    'from urllib.request import Request, urlopen',
    '',
    ...(key ? [...proofFunction(key), ''] : []),
    ...(form
      ? [
          `account = ${literal(`${client.id}:`)} + ${read(clientSecret(client).variable)}`,
          'basic = "Basic " + base64.b64encode(account.encode()).decode()',
          'form = {',
          ...Object.entries(form).map(([name, value]) => `    ${literal(name)}: ${expression(value)},`),
          '}',
        ]
      : []),
    `url = ${literal(url)}`,
    `headers = {${headers.join(', ')}}`,
    `request = Request(url, ${form ? 'urlencode(form).encode()' : 'None'}, headers)`,
    'try:',
    '    answer = urlopen(request)',
    'except HTTPError as error:',
    '    answer = error',
    'print(json.dumps(json.load(answer), indent=2))',
  ].join('\n');
}

function expression(value: Value): string {
  return typeof value === 'string' ? literal(value) : read(value.variable);
}

function read(variable: string): string {
  return `os.environ["${variable}"]`;
}

/** JSON's strings are Python's, too. */
function literal(text: string): string {
  return JSON.stringify(text);
}

const proofModules = ['base64', 'hashlib', 'secrets', 'subprocess', 'tempfile', 'time'];

function proofFunction({ jwk, secret }: ProofKey): string[] {
  return `
def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def proof(method, url, token=None):
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": ${JSON.stringify(jwk)}}
    claims = {"jti": secrets.token_hex(16), "iat": int(time.time()), "htm": method, "htu": url}
    if token:
        claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
    signed = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
    with tempfile.NamedTemporaryFile("w") as key:
        key.write(${read(secret.variable)} + "\\n")
        key.flush()
        command = ["openssl", "dgst", "-sha256", "-sign", key.name]
        der = subprocess.run(command, input=signed.encode(), capture_output=True, check=True).stdout
    # openssl signs in DER, two integers; a JWS has them as 32 bytes each.
    end = 4 + der[3]
    numbers = (der[4:end], der[end + 2 :])
    return signed + "." + b64(b"".join(one[-32:].rjust(32, b"\\0") for one in numbers))
`.split('\n');
}
