/** Words of a question or a name: `customerCity_id` → customer, city, id. Lower case, accents kept. */
export function terms(text: string): string[] {
  const parted = text
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2');
  return (parted.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 200);
}
