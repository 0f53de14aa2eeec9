// What a check has found: well or not, in a sentence, and what to do about it.

export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly found: string;
  /** Host of the site that it is of, where there are several. */
  readonly site?: string;
  /** What to do. */
  readonly cure?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });
/** It can't be looked at from here, or not yet. */
export const skipped = (check: string, found: string): Finding => ({ check, status: 'skipped', found });
export const warning = (check: string, found: string, cure: string): Finding => ({
  check,
  status: 'warning',
  found,
  cure,
});
export const failed = (check: string, found: string, cure: string): Finding => ({
  check,
  status: 'failed',
  found,
  cure,
});
