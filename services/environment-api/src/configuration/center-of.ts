/** Says to which contact centre something belongs. */

/** Of what the schema of documents lets through only with a contact centre. */
export function centerOf({ contactCenterId }: { contactCenterId: string | undefined }): string {
  if (contactCenterId === undefined) throw new Error('a document of a contact centre names none');
  return contactCenterId;
}
