/** A webhook for audit events that refuses what it is told to. */
import { createAuthority } from '@gatehouse/testing/keys';
import { version } from '../places.ts';
import { namespaceObject, neighbourObjects, secretObject } from '../stores/object.ts';

const namespace = 'receiver';

/** Of its own: that of the stores is known to the run alone which brought them up. */
export const receiverAuthority = createAuthority('authority of the receiver');
const { cert, key } = receiverAuthority.issue({ names: [`receiver.${namespace}.svc`] });

const program = `
const { readFileSync } = require('node:fs');
const tls = { cert: readFileSync('/tls/tls.crt'), key: readFileSync('/tls/tls.key') };
require('node:https').createServer(tls, async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const refused = process.env.REFUSES !== '' && text.includes(process.env.REFUSES);
  response.writeHead(refused ? 413 : 204).end();
}).listen(8443);
`;

export const receiverObjects = (refuses: string): object[] => [
  namespaceObject(namespace),
  secretObject('receiver-tls', namespace, { 'tls.crt': cert, 'tls.key': key }),
  ...neighbourObjects({
    name: 'receiver',
    namespace,
    // Any image of the node that has Node.
    image: `registry.example.com/gatehouse/auth-api:${version}`,
    port: 8443,
    script: 'exec node --eval "$PROGRAM"',
    env: [
      { name: 'PROGRAM', value: program },
      { name: 'REFUSES', value: refuses },
    ],
  }),
];
