-- Consents to clients that a document alone describes (client ID metadata documents). They have no row in auth.clients, to which
-- auth.consents refers: a deleted client takes its consents along. Whatever reads, changes or deletes consents does so here, too.
-- A new table: readers of auth.consents are held up for a moment.

-- Up Migration

CREATE TABLE auth.document_consents (PRIMARY KEY (sub, client_id)) INHERITS (auth.consents);
CREATE INDEX document_consents_client ON auth.document_consents (client_id);
CREATE INDEX document_consents_contact_center ON auth.document_consents (split_part(sub, ' ', 1));

-- Down Migration

DROP TABLE auth.document_consents;
