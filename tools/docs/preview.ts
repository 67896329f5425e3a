/** `npm run docs -- serve [--port NUMBER] [--stack URL]`: shows the built site beside the local stack, until it is stopped. */
import { parseArgs } from 'node:util';
import { builtSite } from './pages.ts';
import { serveSite } from './serve.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8092' },
    stack: { type: 'string', default: 'http://localhost:8090' },
  },
});
const { url } = await serveSite({ folder: builtSite, port: Number(values.port), stack: values.stack });
console.log(`The documentation is at ${url}, and calls of its API pages go to ${values.stack}`);
