<?php
// Who is asking, from the gateway's headers. The file to copy into an application of your own.

declare(strict_types=1);

final class Visitor
{
    /** @param list<string> $roles */
    private function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly ?string $email, // only if ZITADEL has verified it
        public readonly ?string $username,
        public readonly array $roles,
        public readonly ?string $organization,
    ) {
    }

    /** Null for somebody who is not signed in, as happens on public routes. Ends the request of whoever comes past the gateway. */
    public static function read(): ?self
    {
        $given = $_SERVER['HTTP_X_GATEWAY_SECRET'] ?? '';
        if (array_filter(gateway_secrets(), fn (string $secret) => hash_equals($secret, $given)) === []) {
            http_response_code(403);
            header('Content-Type: text/plain; charset=utf-8');
            exit("This application is reached through its gateway only.\n");
        }
        $id = read_header('X-Forwarded-User');
        if ($id === null) {
            return null;
        }
        $username = read_header('X-Forwarded-Preferred-Username');
        return new self(
            id: $id,
            name: read_header('X-Forwarded-Name') ?? $username ?? $id,
            email: read_header('X-Forwarded-Email'),
            username: $username,
            roles: read_list('X-Forwarded-Roles'),
            organization: read_header('X-Forwarded-Org'),
        );
    }
}

/**
 * Copies of the gateway's UPSTREAM_SECRET; two, separated by a comma, while it rotates. None means that nobody gets in.
 *
 * @return list<string>
 */
function gateway_secrets(): array
{
    return array_values(array_filter(explode(',', (string) getenv('GATEWAY_SECRET')), 'strlen'));
}

/** The gateway percent-encodes what is no printable ASCII. Not urldecode(), which would turn a plus sign into a blank. */
function read_header(string $name): ?string
{
    $value = $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? null;
    return $value === null ? null : rawurldecode($value);
}

/**
 * Split first, decode then: a comma inside an item is encoded.
 *
 * @return list<string>
 */
function read_list(string $name): array
{
    $value = $_SERVER['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? '';
    return array_map('rawurldecode', array_values(array_filter(explode(',', $value), 'strlen')));
}

/** Belongs to the user and needs no session: another site can neither read nor compute it. */
function csrf_token(?Visitor $visitor): string
{
    return hash_hmac('sha256', 'csrf:' . ($visitor?->id ?? ''), gateway_secrets()[0]);
}

function has_csrf_token(?Visitor $visitor): bool
{
    $given = $_POST['csrf_token'] ?? '';
    return is_string($given) && hash_equals(csrf_token($visitor), $given);
}

/** To the gateway's sign-in, and back here after it. */
function sign_in(): never
{
    header('Location: /auth/login?return_to=' . rawurlencode($_SERVER['REQUEST_URI']), true, 302);
    exit;
}
