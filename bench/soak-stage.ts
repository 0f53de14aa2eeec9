// What a soak is played on: the built worker on workerd, and behind doors that break: the stand-in for ZITADEL, KV, an application.

import { generateKeyPairSync } from 'node:crypto';
import { SEED } from '../stand-in/seed.ts';
import { createHumanUser } from '../stand-in/seed-makers.ts';
import { createZitadel, type Zitadel } from '../stand-in/zitadel.ts';
import { freePort } from '../test/support/worker.ts';
import { type Answer, type Cell, createFaultBoard, type FaultBoard } from './soak-faults.ts';
import { type Door, kvPlaceOf, startGate, zitadelPlaceOf } from './soak-gates.ts';
import { GATEWAY_SECRET, startUpstream } from './soak-upstream.ts';
import { TIMES } from './soak-world.ts';
import { type RunningWorkerd, startKeyValueServer, startWorkerd } from './workerd.ts';

export const OPERATOR_SECRET = 'soak-operator-9c1e4b7a2d5f80631b9e4c7a2d5f8063';

/** ZITADEL has posted a logout token, and this came of it; milliseconds of `performance.now()`, status 0 where no answer came. */
export interface Delivery {
  readonly sub: string;
  readonly sid: string;
  readonly status: number;
  readonly from: number;
  readonly to: number;
}

export interface Listeners {
  readonly complain: (what: string, detail: string) => void;
  readonly onDelivery: (delivery: Delivery) => void;
  /** Tokens were issued to this user, and the answer that brings them broke off. */
  readonly onTokensCutShort: (sub: string) => void;
  readonly onLog: (text: string) => void;
}

/** Milliseconds; longer than the gateway waits. */
const KV_HANGS = 10_000;

export interface SoakStage {
  readonly board: FaultBoard;
  readonly zitadel: Zitadel;
  readonly worker: RunningWorkerd;
  readonly inspectorPort: number;
  /** Subjects of users who may sign in. */
  readonly subs: readonly string[];
  breakPlace(cell: Cell): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function createSoakStage(script: string, people: number, listeners: Listeners): Promise<SoakStage> {
  const board = createFaultBoard();
  const zitadelPort = await freePort();
  const onCutShort = (place: string, answer: Answer) => {
    const sub = place === 'token' ? subjectOf(answer) : undefined;
    if (sub !== undefined) listeners.onTokensCutShort(sub);
  };
  const provider = await startGate({ targetPort: zitadelPort, board, placeOf: zitadelPlaceOf, onCutShort });
  const zitadel = createZitadel({
    issuer: `http://127.0.0.1:${provider.port}`,
    lifetimes: { accessToken: TIMES.accessToken },
    fetch: (request) => deliver(request, listeners.onDelivery),
  });
  const listening = await zitadel.listen(zitadelPort);
  const keyValues = await startKeyValueServer();
  // A worker can't give up an operation of KV's: the platform ends it some time, and with it the connection.
  const kv = await startGate({ targetPort: keyValues.port, board, placeOf: kvPlaceOf, hangsFor: KV_HANGS });
  const upstream = await startUpstream(board, listeners.complain);
  const port = await freePort();
  const inspectorPort = await freePort();
  const origin = `http://localhost:${port}`;
  Object.assign(zitadel.webApplication, {
    redirectUris: [`${origin}/auth/callback`],
    postLogoutRedirectUris: [`${origin}/auth/logout/callback`],
    backChannelLogoutUri: `${origin}/auth/backchannel-logout`,
  });
  const worker = await startWorkerd({
    script,
    port,
    kvPort: kv.port,
    inspectorPort,
    onLog: listeners.onLog,
    bindings: variables(origin, zitadel.issuer, upstream.port),
  });
  const doors: Partial<Record<Cell['place'], Door>> = { ZITADEL: provider, KV: kv, upstream };
  let shut: Door | undefined;

  return {
    board,
    zitadel,
    worker,
    inspectorPort,
    subs: createPeople(zitadel, people),
    async breakPlace(cell) {
      board.switchOn(cell);
      shut = cell.fault === 'refused' ? doors[cell.place] : undefined;
      await shut?.shut();
      // ZITADEL publishes its next key ahead, so the first rotation brings a known one. The second brings a key that has to be fetched.
      if (cell.place === 'keys') await zitadel.rotateKeys().then(() => zitadel.rotateKeys());
    },
    async mend() {
      await shut?.open();
      shut = undefined;
      board.switchOff();
    },
    async close() {
      await worker.stop();
      zitadel.close();
      await shut?.open();
      await Promise.all([provider.shut(), kv.shut(), upstream.shut(), listening.close()]);
      keyValues.stop();
    },
  };
}

function variables(origin: string, issuer: string, upstreamPort: number): Readonly<Record<string, unknown>> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const timeout = TIMES.upstream;
  return {
    UPSTREAM_URL: `http://127.0.0.1:${upstreamPort}`,
    UPSTREAM_SECRET: GATEWAY_SECRET,
    ZITADEL_DOMAIN: issuer,
    ZITADEL_CLIENT_ID: SEED.webClientId,
    ZITADEL_PROJECT_ID: SEED.projectId,
    ZITADEL_API_CLIENT_ID: SEED.apiClientId,
    ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
    ZITADEL_CALLBACK_URL: `${origin}/auth/callback`,
    SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
    OPERATOR_SECRET,
    ASSERTION_KEY: JSON.stringify(privateKey.export({ format: 'jwk' })),
    SESSION_DURATION: TIMES.session,
    SESSION_MAX_DURATION: TIMES.maximum,
    CLAIMS_MAX_AGE: TIMES.claims,
    REVOCATION_MAX_AGE: TIMES.revocation,
    ROUTES: [
      { path: '/public/*', access: 'public', timeout },
      { path: '/api/*', credentials: ['bearer'], timeout },
      { path: '/staff/*', roles: ['staff'], timeout },
      { path: '/token/*', credentials: ['session'], forward_access_token: true, timeout },
      { path: '/*', timeout },
    ],
  };
}

/** A tenth of them with so many roles that their cookie comes in pieces. */
function createPeople(zitadel: Zitadel, count: number): string[] {
  const roles = Array.from({ length: 90 }, (_, index) => `department-${index}-editor`);
  for (const key of roles) zitadel.project.roles.set(key, { displayName: key });
  return Array.from({ length: count }, (_, index) => {
    const id = `2497039${String(index).padStart(11, '0')}`;
    zitadel.store.users.set(
      id,
      createHumanUser({
        id,
        // Not the one whose members the stand-in's sign-in page lists each time.
        organizationId: SEED.otherOrganizationId,
        username: `visitor-${index}`,
        givenName: 'Visitor',
        familyName: String(index),
        email: `visitor-${index}@globex.example`,
        updatedAt: 0,
      }),
    );
    zitadel.setUserRoles(id, roles.slice(0, hasManyRoles(id) ? 90 : 12));
    return id;
  });
}

export const hasManyRoles = (sub: string): boolean => sub.endsWith('0');

async function deliver(request: Request, onDelivery: Listeners['onDelivery']): Promise<Response> {
  const token = new URLSearchParams(await request.clone().text()).get('logout_token') ?? '';
  const { sub, sid } = claimsOf(token);
  const from = performance.now();
  let status = 0;
  try {
    const response = await fetch(request);
    status = response.status;
    return response;
  } finally {
    onDelivery({ sub, sid, status, from, to: performance.now() });
  }
}

function subjectOf({ status, body }: Answer): string | undefined {
  if (status !== 200) return undefined;
  const { id_token } = JSON.parse(body.toString()) as { id_token?: string };
  return id_token === undefined ? undefined : claimsOf(id_token).sub;
}

function claimsOf(jwt: string): { sub: string; sid: string } {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string };
}
