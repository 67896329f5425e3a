/** `npm run test:proxies`: builds Traefik, which takes minutes once, then tries docs/guides/reverse-proxy.md with nginx and Traefik. */
import { runSuites } from '../suites.ts';
import { traefik } from './build.ts';

await runSuites([traefik], ['tools/test/reverse-proxy']);
