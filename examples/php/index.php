<?php
// A PHP application without login code: pages for everybody, for users, for administrators, and a form.

declare(strict_types=1);

require __DIR__ . '/gateway.php';
require __DIR__ . '/pages.php';

$visitor = Visitor::read();
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

// PHP's own server hands every request to this file.
if ($path === '/style.css') {
    header('Content-Type: text/css; charset=utf-8');
    readfile(__DIR__ . '/style.css');
    exit;
}

if ($_SERVER['REQUEST_METHOD'] === 'POST' && !has_csrf_token($visitor)) {
    http_response_code(400);
    exit(page($visitor, 'The form has no token, or another user’s.'));
}

// The gateway's rules come first; this is the second lock.
if ($path !== '/' && $visitor === null) {
    sign_in();
}

echo match ($path) {
    '/' => landing_page($visitor),
    '/profile' => profile_page($visitor),
    '/notes' => $_SERVER['REQUEST_METHOD'] === 'POST' ? add_note($visitor) : notes_page($visitor),
    '/admin' => in_array('admin', $visitor->roles, true) ? admin_page($visitor) : refused_page($visitor),
    default => not_found_page($visitor),
};
