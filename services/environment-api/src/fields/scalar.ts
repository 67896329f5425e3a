/** Numbers and flags as installers send them. */
export { flag, integer } from '@gatehouse/service-kit/http/scalar';
