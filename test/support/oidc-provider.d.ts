// The part of the package `oidc-provider` that tests use; it comes without types.

declare module 'oidc-provider' {
  import type { Server } from 'node:http';

  interface Context {
    readonly oidc: { readonly params: Readonly<Record<string, string | undefined>> };
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    listen(port: number, host: string, ready: () => void): Server;
    on(event: string, listener: (context: Context, ...rest: unknown[]) => void): this;
  }
}
