/** What a check found in one example, or in the data as a whole. */
export interface Finding {
  /** Of the example; null for the data as a whole. */
  id: string | null;
  message: string;
}

export interface CheckResult {
  name: string;
  /** Whether findings mean that the data must not be trained on; the others are for people to look at. */
  severity: 'error' | 'warning';
  checked: number;
  findings: Finding[];
}
