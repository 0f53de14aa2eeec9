// Names that only the gateway may say to the upstream, and spellings under which an application might read one for another.

export const EVIL = 'evil-value';

export const IDENTITY = ['user', 'email', 'preferred-username', 'name', 'roles', 'groups', 'org', 'actor'].map(
  (name) => `x-forwarded-${name}`,
);

/** ARCHITECTURE §4: names that a visitor may not send through, as they are written there. */
export const CLOSED = [
  ...IDENTITY,
  'x-identity-assertion',
  'x-gateway-secret',
  'x-original-url',
  'x-original-uri',
  'x-original-method',
  'x-rewrite-url',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-uri',
  'x-forwarded-method',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-forwarded-scheme',
  'x-forwarded-access-token',
  'x-forwarded-id-token',
  'x-forwarded-anything',
  'forwarded',
  'x-real-ip',
  'true-client-ip',
  'x-client-ip',
  'remote-user',
  'x-auth-request-user',
  'x-auth-request-email',
  'x-auth-request-groups',
  'x-auth-request-access-token',
  'proxy',
  'x-request-id',
];

/** Spellings that WSGI, CGI or PHP take for the same name: letters and digits are the same. */
export const SPELLINGS: [string, (name: string) => string][] = [
  ['as it is', (name) => name],
  ['in capitals', (name) => name.toUpperCase()],
  ['with underscores', (name) => name.replaceAll('-', '_')],
  ['with dots', (name) => name.replaceAll('-', '.')],
  ['mixed', (name) => name.replace('-', '_').replaceAll('-', '.')],
  ['doubled', (name) => name.replaceAll('-', '--')],
  ['with odd signs', (name) => name.replaceAll('-', '~')],
  ['with more odd signs', (name) => name.replaceAll('-', "'")],
  ['with a sign at the end', (name) => `${name}_`],
  ['with a sign in front', (name) => `_${name}`],
  ['run together', (name) => name.replaceAll('-', '')],
];
