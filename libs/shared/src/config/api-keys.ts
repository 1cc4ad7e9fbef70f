const lastDay = /@(\d{4}-\d{2}-\d{2})$/;

export interface ApiKey {
  key: string;
  /** From then on it is refused; null where it does not say. Invalid where the day is none. */
  expiresAt: Date | null;
}

/** `key,key@2027-03-01`: keys by commas, each with the day, in UTC, from which it is refused, if any. */
export function readApiKeys(list: string): ApiKey[] {
  return list.split(',').map((text) => readKey(text.trim()));
}

function readKey(text: string): ApiKey {
  const day = lastDay.exec(text)?.[1];
  return {
    key: text.replace(lastDay, ''),
    expiresAt: day === undefined ? null : new Date(`${day}T00:00:00Z`),
  };
}
