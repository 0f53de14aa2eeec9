// Who belongs to the organisation that may come in, and who does not.

import { expect, it } from 'vitest';
import { findForeignOrganization } from '../../../src/oidc/zitadel/organization.ts';

it.each([
  ['every organisation may come in', '1', undefined, undefined],
  ['every organisation may come in, and the claims name none', undefined, undefined, undefined],
  ['the organisation is the wanted one', '1', '1', undefined],
  ['the organisation is another', '2', '1', { organization: '2' }],
  ['the claims name none', undefined, '1', { organization: undefined }],
  ['the organisation begins like the wanted one', '12', '1', { organization: '12' }],
])('%s', (_what, org, wanted, found) => {
  expect(findForeignOrganization(org === undefined ? {} : { org }, wanted)).toStrictEqual(found);
});
