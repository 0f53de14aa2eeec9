// What belongs to the instance as a whole, by Connect: its signing keys, and who administers what.
// zitadel.webkey.v2, zitadel.internal_permission.v2.

import type { SigningAlgorithm } from '../keys.ts';
import { apiControl } from './control.ts';
import { ApiFault } from './errors.ts';
import { findUser } from './users.ts';
import { type Body, type ConnectMethod, requireText, timestamp } from './wire.ts';

const WEB_KEY = 'zitadel.webkey.v2.WebKeyService';
const PERMISSION = 'zitadel.internal_permission.v2.InternalPermissionService';

function algorithmOf({ rsa, ecdsa, ed25519 }: Body): SigningAlgorithm {
  if (ed25519) return 'EdDSA';
  const bits = ecdsa ? (ecdsa.curve ?? 'P256') : (rsa?.hasher ?? 'SHA256');
  const hash = { '521': '512' }[bits.slice(-3) as string] ?? bits.slice(-3);
  return `${ecdsa ? 'ES' : 'RS'}${hash}` as SigningAlgorithm;
}

function describeAlgorithm(algorithm: SigningAlgorithm): object {
  if (algorithm === 'EdDSA') return { ed25519: {} };
  const hash = algorithm.slice(2);
  if (algorithm.startsWith('ES')) return { ecdsa: { curve: `ECDSA_CURVE_P${hash === '512' ? '521' : hash}` } };
  return { rsa: { bits: 'RSA_BITS_2048', hasher: `RSA_HASHER_SHA${hash}` } };
}

export const INSTANCE_METHODS: Readonly<Record<string, ConnectMethod>> = {
  [`${WEB_KEY}/ListWebKeys`]: async (instance) => {
    const keys = await instance.webKeys.all();
    const webKeys = keys.map(({ kid, alg, state }) => ({
      id: kid,
      creationDate: timestamp(instance),
      changeDate: timestamp(instance),
      state: `STATE_${state.toUpperCase()}`,
      ...describeAlgorithm(alg),
    }));
    return { webKeys };
  },
  [`${WEB_KEY}/CreateWebKey`]: async (instance, _caller, body) => ({
    id: await instance.webKeys.create(algorithmOf(body)),
    creationDate: timestamp(instance),
  }),
  [`${WEB_KEY}/ActivateWebKey`]: async (instance, _caller, body) => {
    requireText(body, 'id');
    if (!(await instance.webKeys.activate(body.id)))
      throw new ApiFault('not_found', 'Errors.WebKey.NotFound', 'COMMAND-teiG3');
    return { changeDate: timestamp(instance) };
  },
  [`${WEB_KEY}/DeleteWebKey`]: async (instance, _caller, body) => {
    requireText(body, 'id');
    const { kid } = await instance.webKeys.active();
    if (kid === body.id) throw new ApiFault('failed_precondition', 'Errors.WebKey.ActiveDelete', 'COMMAND-Chai1');
    await instance.webKeys.delete(body.id);
    return { deletionDate: timestamp(instance) };
  },
  [`${PERMISSION}/CreateAdministrator`]: (instance, _caller, body) => {
    const { id } = findUser(instance.written, body.userId);
    const { administrators, instanceOwners } = apiControl(instance.written);
    (body.resource?.instance ? instanceOwners : administrators).add(id);
    return { creationDate: timestamp(instance) };
  },
};
