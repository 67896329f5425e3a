/** A user's agreement that a client may have what it asks for; that of one user is never another's. */

export interface ConsentWish {
  clientId: string;
  scope: string[];
}

export interface ConsentService {
  /** Whether the user has agreed to all of it before. @throws when PostgreSQL is away (503 through the error handlers) */
  covers(sub: string, wish: ConsentWish): Promise<boolean>;
  /** Adds to what the user agreed to before. @throws as covers */
  give(sub: string, wish: ConsentWish): Promise<void>;
}
