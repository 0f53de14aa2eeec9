// The part of Wrangler's configuration that is looked at.

export type RouteEntry = string | { readonly pattern: string; readonly custom_domain?: boolean | undefined };

export interface WranglerConfig {
  readonly dev?: { readonly port?: number | undefined; readonly host?: string | undefined } | undefined;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly routes?: readonly RouteEntry[] | undefined;
  readonly workers_dev?: boolean | undefined;
  readonly preview_urls?: boolean | undefined;
  readonly compatibility_date?: string | undefined;
  readonly kv_namespaces: readonly { readonly binding: string; readonly id?: string | undefined }[];
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] };
  readonly migrations: readonly { readonly new_sqlite_classes?: readonly string[] | undefined }[];
  readonly services?: readonly { readonly binding: string }[] | undefined;
  readonly vpc_services?: readonly { readonly binding: string }[] | undefined;
  readonly ratelimits: readonly { readonly name: string }[];
  readonly observability?: { readonly enabled?: boolean | undefined } | undefined;
  readonly cache?: { readonly enabled?: boolean | undefined } | undefined;
  readonly build?: { readonly command?: string | undefined } | undefined;
  readonly alias?: Readonly<Record<string, string>> | undefined;
}
