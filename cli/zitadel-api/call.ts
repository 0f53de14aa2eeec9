// One call of ZITADEL's management API, and how it is shown to people.

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** Connect: `POST /{service}/{method}`, without REST paths. */
export const connectCall = (procedure: string, body: object): Call => ({ method: 'POST', path: `/${procedure}`, body });

/** The ids in `path` are ZITADEL's, and may hold any sign. */
export const restCall = (method: Call['method'], path: string, body?: object): Call => ({
  method,
  path: path.replace(/[?#%]/g, encodeURIComponent),
  ...(body && { body }),
});

/** Version 1, deprecated, for servers that lack version 2. */
export const managementCall = (method: Call['method'], path: string, body?: object): Call =>
  restCall(method, `/management/v1${path}`, body);

/** As a line; what is secret in it is not shown. */
export function printCall(origin: string, { method, path, body }: Call): string {
  const shown = JSON.stringify(body, (name, value) =>
    name === 'password' && typeof value === 'string' ? '***' : value,
  );
  return `${method} ${origin}${path}${body === undefined ? '' : ` ${shown}`}`;
}

/** In a dry run, what would be made has no id yet. */
export const plannedId = (what: string): string => `‹${what}›`;

export const isPlanned = (call: Call): boolean => /‹.+›/.test(JSON.stringify(call));
