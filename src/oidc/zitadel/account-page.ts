// Where people look after their own account at ZITADEL: password, second factors, personal data.

export const accountHref = ({ issuer }: { readonly issuer: string }): string => `${issuer}/ui/console/users/me`;
