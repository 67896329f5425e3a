-- What is stored of the people of a contact centre is deleted with it: an import may create one under the same id again. The column
-- `sub` holds `<contact centre> <sub>`; rows of the release before hold the sub alone. Only additions: writers wait for a moment.

-- Up Migration

CREATE INDEX consents_contact_center ON auth.consents (split_part(sub, ' ', 1));
CREATE INDEX user_codes_contact_center ON auth.user_codes (split_part(sub, ' ', 1));

-- Down Migration

DROP INDEX auth.consents_contact_center, auth.user_codes_contact_center;
