/** Where the Environment API hangs on the public host. */
export const apiPath = '/environment/v3';
