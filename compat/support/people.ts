// Who signs in: people of the stand-in's. Uma and Ada have the role `user`, which recipes demand; Noel has none.

import { SEED } from '../../stand-in/seed.ts';

export const PEOPLE = {
  uma: {
    sub: SEED.users.user,
    button: /Uma/,
    loginName: 'uma@acme.zitadel.example',
    name: 'Uma Lind',
    email: 'uma@acme.example',
  },
  ada: {
    sub: SEED.users.admin,
    button: /Ada/,
    loginName: 'ada@acme.zitadel.example',
    name: 'Ada Moreau',
    email: 'ada@acme.example',
  },
  noel: {
    sub: SEED.users.nobody,
    button: /Noel/,
    loginName: 'noel@acme.zitadel.example',
    name: 'Noel Varga',
    email: 'noel@acme.example',
  },
} as const;
