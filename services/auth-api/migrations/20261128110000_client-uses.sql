-- When a client last got tokens, by grant type (ms since 1970), and who names a client in its rights of token exchange.
-- Only additions. Writers wait while the index is built: less than a second for 10 000 clients.

-- Up Migration
ALTER TABLE auth.clients ADD COLUMN last_grants jsonb NOT NULL DEFAULT '{}';
CREATE INDEX clients_by_exchange ON auth.clients
  USING gin ((token_exchange -> 'subjectClients'), (token_exchange -> 'audiences'));

-- Down Migration
DROP INDEX auth.clients_by_exchange;
ALTER TABLE auth.clients DROP COLUMN last_grants;
