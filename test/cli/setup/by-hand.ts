// An application as somebody made it by hand.

import type { Application } from '../../../stand-in/store.ts';

/** As somebody made it by hand, with more than Postern wants. */
export const BY_HAND = {
  grantTypes: [
    'authorization_code',
    'refresh_token',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ],
  responseTypes: ['code', 'id_token'],
  clockSkew: 4.5,
  loginVersion: { version: 'v2', baseUri: 'https://login.example/ui' },
  accessTokenType: 'JWT',
  additionalOrigins: ['https://spa.example'],
  authMethod: 'client_secret_basic',
} satisfies Partial<Application>;
