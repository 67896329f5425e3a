/** Builds input fields for the templates. */
export interface Field {
  name: string;
  label: string;
  type: 'text' | 'password';
  /** A token of the HTML standard, so that browsers and password managers fill in the right thing. */
  autocomplete:
    | 'username'
    /** The browser offers passkeys as well (WebAuthn level 3 section 5.1.4.1). */
    | 'username webauthn'
    | 'organization'
    | 'current-password'
    | 'new-password'
    | 'one-time-code'
    | 'off';
  /** A keyboard of digits on telephones. */
  inputMode?: 'numeric' | undefined;
  maxLength: number;
  isRequired: boolean;
  /** Of a text field; a password is never sent back. */
  value: string;
  hint?: string | undefined;
  problem?: string | undefined;
  /** Ids of the elements that explain the field. */
  describedBy: string[];
}

interface Explanations {
  hint?: string | undefined;
  problem?: string | undefined;
}

export function userNameField(
  name: string,
  label: string,
  value: string,
  explained: Explanations = {},
): Field {
  return field({ name, label, type: 'text', autocomplete: 'username', maxLength: 512, value }, explained);
}

/** Not required: an installation may know a default, and `tenant\user` carries it too. */
export function tenantField(label: string, value: string, explained: Explanations = {}): Field {
  const tenant = {
    name: 'tenant',
    label,
    type: 'text',
    autocomplete: 'organization',
    maxLength: 255,
    value,
  } as const;
  return { ...field(tenant, explained), isRequired: false };
}

/** For the letters that a device shows. */
export function deviceCodeField(
  name: string,
  label: string,
  value: string,
  explained: Explanations = {},
): Field {
  return field({ name, label, type: 'text', autocomplete: 'off', maxLength: 64, value }, explained);
}

/** For the digits of an authenticator app. */
export function oneTimeCodeField(name: string, label: string, hint?: string): Field {
  const code = {
    name,
    label,
    type: 'text',
    autocomplete: 'one-time-code',
    maxLength: 16,
    value: '',
  } as const;
  return { ...field(code, { hint }), inputMode: 'numeric' };
}

/** For a code of letters and digits that was handed over. */
export function codeField(name: string, label: string, hint?: string): Field {
  const code = { name, label, type: 'text', autocomplete: 'off', maxLength: 64, value: '' } as const;
  return field(code, { hint });
}

/** For the name that the person gives to something. */
export function nameField(name: string, label: string, value: string, hint: string): Field {
  const named = { name, label, type: 'text', autocomplete: 'off', maxLength: 64, value } as const;
  return { ...field(named, { hint }), isRequired: false };
}

/** For the code of a link, or the whole link: what is pasted once, and kept by no browser. */
export function linkCodeField(name: string, label: string, hint: string): Field {
  const code = { name, label, type: 'text', autocomplete: 'off', maxLength: 2048, value: '' } as const;
  return field(code, { hint });
}

export function passwordField(
  name: string,
  label: string,
  autocomplete: 'current-password' | 'new-password' | 'off',
  explained: Explanations = {},
): Field {
  return field({ name, label, type: 'password', autocomplete, maxLength: 1024, value: '' }, explained);
}

function field(
  input: Pick<Field, 'name' | 'label' | 'type' | 'autocomplete' | 'maxLength' | 'value'>,
  { hint, problem }: Explanations,
): Field {
  const describedBy: string[] = [];
  if (hint) describedBy.push(`${input.name}-hint`);
  if (problem) describedBy.push(`${input.name}-problem`);
  return { ...input, isRequired: true, hint, problem, describedBy };
}
