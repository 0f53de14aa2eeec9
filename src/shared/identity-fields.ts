// The claims that an identity holds as fields of its own, checked when they were read. All others are in its `claims`, if anybody asks for them.
// ARCHITECTURE §4; RFC 8693 §4.1 (`act`).

const FIELDS = ['sub', 'email', 'preferred_username', 'name', 'org', 'act'] as const;

export type IdentityField = (typeof FIELDS)[number];

export const isIdentityField = (claim: string): claim is IdentityField => (FIELDS as readonly string[]).includes(claim);

/** A rule on `act` looks at the whole claim, of which the field holds the `sub` only. */
export const isFieldForRules = (claim: string): claim is Exclude<IdentityField, 'act'> =>
  claim !== 'act' && isIdentityField(claim);
