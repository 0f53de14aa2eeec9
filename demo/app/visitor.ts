// Who is asking, from the headers that the gateway sets. All the login code this application has.

export interface Visitor {
  id: string;
  name: string;
  email: string | undefined;
  preferredUsername: string | undefined;
  roles: string[];
  organization: string | undefined;
}

/** The gateway percent-encodes what a header cannot carry. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    // Not the gateway's encoding: show it as it came.
    if (cause instanceof URIError) return value;
    throw cause;
  }
}

export function readVisitor(headers: Headers): Visitor | undefined {
  const read = (name: string): string | undefined => {
    const value = headers.get(name);
    return value ? decode(value) : undefined;
  };
  const id = read('X-Forwarded-User');
  if (id === undefined) return undefined;
  const email = read('X-Forwarded-Email');
  const preferredUsername = read('X-Forwarded-Preferred-Username');
  return {
    id,
    name: read('X-Forwarded-Name') ?? preferredUsername ?? email ?? id,
    email,
    preferredUsername,
    // Split before decoding: a comma inside a role is encoded, one between two is not.
    roles: (headers.get('X-Forwarded-Roles') ?? '').split(',').filter(Boolean).map(decode),
    organization: read('X-Forwarded-Org'),
  };
}
