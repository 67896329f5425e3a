/** Values that the printed forms of a call name as variables of the shell. */

export interface Credentials {
  id: string;
  secret: string;
}

/** A value that is printed as a variable of the shell. */
export interface Secret {
  variable: string;
  value: string;
}

export function secret(variable: string, value: string): Secret {
  return { variable, value };
}

export function clientSecret({ id, secret: value }: Credentials): Secret {
  return { variable: `${id.toUpperCase().replace(/\W/g, '_')}_SECRET`, value };
}
