-- Lists the people of one environment by e-mail address and by their last change, page by page. The order by name has an index already.
-- Only additions. Writers of people wait while the indexes are built: about a second for 100 000 people.

-- Up Migration

CREATE INDEX people_by_email_in_order ON environment.people (environment_id, (coalesce(email_key, '')), user_name_key);
CREATE INDEX people_by_change ON environment.people (environment_id, updated_at, user_name_key);

-- Down Migration

DROP INDEX environment.people_by_change, environment.people_by_email_in_order;
