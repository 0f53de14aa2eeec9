// The stand-in with an administrator, and calls of its management API.

import { type ApiControl, apiControl } from '../../stand-in/api/control.ts';
import { type Answer, type Bed, createBed, SEED } from './support.ts';

export const PROJECT = '/zitadel.project.v2.ProjectService';
export const APPLICATION = '/zitadel.application.v2.ApplicationService';
export const AUTHORIZATION = '/zitadel.authorization.v2.AuthorizationService';

export interface ApiBed {
  readonly bed: Bed;
  readonly control: ApiControl;
  /** Of the administrator. */
  readonly token: string;
  call(
    path: string,
    body?: object,
    request?: { readonly method?: string; readonly bearer?: string },
  ): Promise<Pick<Answer, 'status' | 'body'>>;
  /** Returns its id. */
  createProject(name: string): Promise<string>;
}

export async function createApiBed(): Promise<ApiBed> {
  const bed = createBed();
  const control = apiControl(bed.zitadel.store);
  control.administrators.add(SEED.users.service);
  const token = await bed.zitadel.createPersonalAccessToken(SEED.users.service);
  const call: ApiBed['call'] = async (path, body, { method = 'POST', bearer = token } = {}) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (bearer !== '') headers['authorization'] = `Bearer ${bearer}`;
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await bed.zitadel.fetch(bed.issuer + path, init);
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  const createProject = async (name: string) => {
    const { body } = await call(`${PROJECT}/CreateProject`, { organizationId: SEED.organizationId, name });
    return body.projectId as string;
  };
  return { bed, control, token, call, createProject };
}

export function person(email: string) {
  return { profile: { givenName: 'B', familyName: 'C' }, email: { email, isVerified: true } };
}
