/** The company's own authority, new with every run: the stores have their certificates from it. */
import { createAuthority } from '@gatehouse/testing/certificates';

export const authority = createAuthority('company authority');
