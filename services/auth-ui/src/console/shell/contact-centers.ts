/** Names the pages of contact centres, to which those of other areas lead. */
import { consolePath } from '@gatehouse/contracts/auth-api/console';

export const contactCentersPath = `${consolePath}/contact-centers`;
export const contactCenterPath = (id: string) => `${contactCentersPath}/${encodeURIComponent(id)}`;
