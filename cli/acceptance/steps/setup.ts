// The commands that make and examine an installation: setup (new, again, on what was made by hand), doctor, users.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Json, readAt, readList, readText } from '../../zitadel-api/json.ts';
import { LOGIN_APPLICATION } from '../browser/login-v2.ts';
import { assert, Refuted } from '../ledger.ts';
import { APPLICATION, onceThere, PROJECT } from '../world/instance.ts';
import { runOwn, runWell } from '../world/own-commands.ts';
import { loadPerson } from '../world/people.ts';
import { need, type Stage } from '../world/stage.ts';

const PASSWORD = 'Acceptance-7!';

const usernameOf = ({ journal }: Stage, who: string) => `${journal.record.name}-${who}@acceptance.example`;

function setupArguments(stage: Stage, project: string, application: string): readonly string[] {
  const { instance, adminKey, config, gateway, upstream } = stage;
  return [
    ...['--domain', instance.issuer, '--key', adminKey, '--config', config, '--yes', '--json'],
    ...['--url', gateway.origin, '--upstream', upstream, '--project', project, '--application', application],
  ];
}

function firstArguments(stage: Stage): readonly string[] {
  const { name } = stage.journal.record;
  const { folder } = stage.journal;
  const ada = usernameOf(stage, 'ada');
  return [
    ...setupArguments(stage, name, 'Gateway'),
    ...['--role', 'staff=Staff', '--role', 'visitor', '--api'],
    ...['--service-user', `${name}-machine`, '--service-key', join(folder, 'machine.json')],
    ...['--user', `Ada Moreau <${ada}>`, '--password-file', join(folder, 'password')],
    ...['--grant', `${ada}=staff`, '--grant', `${name}-machine=staff`],
  ];
}

export async function trySetup(stage: Stage): Promise<void> {
  const { ledger, journal, instance, made, system } = stage;
  await writeFile(join(journal.folder, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
  await ledger.check('setup', 'makes project, roles, applications, service account, person, grants', async () => {
    const { json } = await runWell(system, 'setup', firstArguments(stage));
    for (const entry of readList(json, 'entries')) {
      const [what, id] = [readText(entry, 'what'), readText(entry, 'id')];
      if (what === 'project') made.projectId = id;
      if (what === 'web application') made.clientId = id;
    }
    made.backChannelRefusal = readList(json, 'advice').find((each) => /back-channel/i.test(String(each))) as string;
    await journal.add({ kind: 'project', id: need(stage, 'projectId') });
    made.ada = await loadPerson(instance, usernameOf(stage, 'ada'), PASSWORD);
    made.serviceKey = join(journal.folder, 'machine.json');
  });
  await ledger.check('setup', 'a second run changes nothing', async () => {
    const { json, text } = await runWell(system, 'setup', firstArguments(stage));
    const changed = readList(json, 'entries').filter((entry) => readText(entry, 'outcome') !== 'kept');
    assert(readAt(json, 'isChanged') === false, `it changed ${JSON.stringify(changed) || text}`);
  });
  await ledger.check('setup', 'on an application made by hand: all that was chosen there stays', () => adopt(stage));
}

/** Settings that nobody would choose together, and all of which an update could lose. */
const BY_HAND = {
  redirectUris: ['https://by-hand.example/callback'],
  postLogoutRedirectUris: ['https://by-hand.example/out'],
  responseTypes: ['OIDC_RESPONSE_TYPE_CODE', 'OIDC_RESPONSE_TYPE_ID_TOKEN'],
  grantTypes: ['OIDC_GRANT_TYPE_AUTHORIZATION_CODE', 'OIDC_GRANT_TYPE_IMPLICIT', 'OIDC_GRANT_TYPE_DEVICE_CODE'],
  applicationType: 'OIDC_APP_TYPE_WEB',
  authMethodType: 'OIDC_AUTH_METHOD_TYPE_NONE',
  version: 'OIDC_VERSION_1_0',
  accessTokenType: 'OIDC_TOKEN_TYPE_JWT',
  clockSkew: '3s',
  additionalOrigins: ['https://spa.by-hand.example'],
  loginVersion: { loginV2: { baseUri: LOGIN_APPLICATION } },
};
const MAY_GROW = ['redirectUris', 'postLogoutRedirectUris', 'responseTypes', 'grantTypes'];
const MAY_CHANGE = ['developmentMode', 'backChannelLogoutUri'];

async function adopt(stage: Stage): Promise<void> {
  const { instance, journal, system } = stage;
  const name = `${journal.record.name}-by-hand`;
  const project = await instance.connect(`${PROJECT}/CreateProject`, { organizationId: instance.organizationId, name });
  const projectId = readText(project, 'projectId');
  await journal.add({ kind: 'project', id: projectId });
  const made = await instance.connect(`${APPLICATION}/CreateApplication`, {
    projectId,
    name: 'By hand',
    oidcConfiguration: BY_HAND,
  });
  const applicationId = readText(made, 'applicationId');
  const read = async () =>
    readAt(
      await onceThere(system, () => instance.connect(`${APPLICATION}/GetApplication`, { applicationId })),
      'application',
      'oidcConfiguration',
    );
  const before = await read();
  // In a file of its own: the deployment's goes on with the other application
  const config = join(journal.folder, 'by-hand.toml');
  await writeFile(config, '[vars]\n');
  await runWell(system, 'setup', setupArguments({ ...stage, config }, name, 'By hand'));
  const lost = findLost(before, await read());
  assert(lost.length === 0, `it changed ${lost.join('; ')}`);
}

function findLost(before: unknown, after: unknown): readonly string[] {
  return Object.entries(before as Json).flatMap(([name, value]) => {
    if (
      MAY_CHANGE.includes(name) ||
      /RoleAssertion|UserinfoAssertion|ompliant|omplianceProblems|allowedOrigins/.test(name)
    )
      return [];
    const now = readAt(after, name);
    const isKept = MAY_GROW.includes(name)
      ? (value as readonly string[]).every((each) => readList(after, name).includes(each))
      : JSON.stringify(now) === JSON.stringify(value);
    return isKept ? [] : [`${name} from ${JSON.stringify(value)} to ${JSON.stringify(now)}`];
  });
}

export async function tryDoctor(stage: Stage): Promise<void> {
  const { ledger, config, system } = stage;
  await ledger.check('doctor', 'finds the installation well', async () => {
    const { json, text } = await runOwn(system, 'doctor', ['--config', config, '--json']);
    const failed = readList(json, 'findings').filter((each) => readText(each, 'status') === 'failed');
    const said = failed.map((each) => `${readText(each, 'check')}: ${readText(each, 'found') || JSON.stringify(each)}`);
    if (failed.length > 0 || readList(json, 'findings').length === 0)
      throw new Refuted(said.join('; ') || text.slice(-400));
  });
}

export async function tryUsers(stage: Stage): Promise<void> {
  const { ledger, adminKey, config, system, instance, made, journal } = stage;
  const users = (...args: readonly string[]) =>
    runWell(system, 'users', [...args, '--key', adminKey, '--config', config]);
  await ledger.check('users', 'create: somebody with a first password', async () => {
    const person = `Bob Ng <${usernameOf(stage, 'bob')}>`;
    await users('create', person, '--password-file', join(journal.folder, 'password'));
    made.bob = await loadPerson(instance, usernameOf(stage, 'bob'), PASSWORD);
    assert(made.bob.id !== '', 'ZITADEL does not know the person');
  });
  await ledger.check('users', 'list and show: who has which role', async () => {
    const { text } = await users('list');
    assert(text.includes(usernameOf(stage, 'ada')) && text.includes('staff'), text.slice(0, 300));
    const shown = await users('show', usernameOf(stage, 'ada'));
    assert(shown.text.includes(need(stage, 'ada').id), shown.text.slice(0, 300));
  });
  await ledger.check('users', 'two grants at once: both are there', async () => {
    const bob = usernameOf(stage, 'bob');
    await Promise.all([users('grant', bob, 'staff'), users('grant', bob, 'visitor')]);
    const { text } = await users('show', bob, '--json');
    assert(text.includes('staff') && text.includes('visitor'), text.slice(0, 300));
    await users('revoke', bob, '--all');
  });
  await ledger.check('users', 'an account without rights is told so, not shown an empty list', async () => {
    const args = ['list', '--all', '--config', config, '--key', need(stage, 'serviceKey')];
    const { code, text } = await runOwn(system, 'users', args);
    assert(code === 1 && /may not/.test(text), `exit code ${code}: ${text.slice(0, 300)}`);
  });
}
