// The user service of version 2 by Connect, as far as its REST paths fail: they take no id with a slash or beyond ASCII.

import { addKey, createInviteCode, listMeans } from './rest.ts';
import { type ConnectMethod, requireText } from './wire.ts';

const USER = 'zitadel.user.v2.UserService';

export const USER_METHODS: Readonly<Record<string, ConnectMethod>> = {
  [`${USER}/AddKey`]: (instance, _caller, body) => {
    requireText(body, 'userId');
    return addKey(instance, body.userId, body);
  },
  [`${USER}/CreateInviteCode`]: (instance, _caller, body) => {
    requireText(body, 'userId');
    return createInviteCode(instance, body.userId, body);
  },
  [`${USER}/ListAuthenticationMethodTypes`]: (instance, _caller, body) => {
    requireText(body, 'userId');
    return listMeans(instance, body.userId);
  },
};
