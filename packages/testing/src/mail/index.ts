/** Names what tests may use of mail servers. */
export { type MailServerOptions, startMailServer } from './mail-server.ts';
