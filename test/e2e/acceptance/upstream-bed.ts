// A gateway that proves itself to its upstream, with a user who is signed in.

import { type BlackBox, NEXT_UPSTREAM_SECRET, openBox, UPSTREAM_SECRET, type Visitor } from './support/gateway.ts';

export async function openUpstreamBox(): Promise<{ box: BlackBox; user: Visitor }> {
  const box = await openBox({
    env: {
      UPSTREAM_SECRET: `${UPSTREAM_SECRET},${NEXT_UPSTREAM_SECRET}`,
      ROUTES: [
        { path: '/public/*', access: 'public' },
        { path: '/tokens/*', forward_access_token: true, forward_id_token: true },
      ],
    },
  });
  const user = box.visitor();
  await user.signIn('user');
  return { box, user };
}
