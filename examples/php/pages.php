<?php
// The pages, and the notes in a file.

declare(strict_types=1);

function e(?string $text): string
{
    return htmlspecialchars($text ?? '–', ENT_QUOTES);
}

/** $content is markup, already escaped. */
function page(?Visitor $visitor, string $title, string $content = ''): string
{
    $account = $visitor === null
        ? '<a href="/auth/login?return_to=/profile">Sign in</a>'
        : '<form method="post" action="/auth/logout"><button>Sign out</button></form>';
    $title = e($title);
    return <<<HTML
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>$title</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body>
        <header>
        <nav><a href="/">Home</a> <a href="/notes">Notes</a> <a href="/profile">Profile</a> <a href="/admin">Admin</a></nav>
        $account
        </header>
        <main>
        <h1>$title</h1>
        $content
        </main>
        </body>
        </html>
        HTML;
}

function landing_page(?Visitor $visitor): string
{
    $greeting = $visitor === null
        ? 'Everybody may read this page. Sign in to read and write notes.'
        : 'Hello, ' . e($visitor->name) . '!';
    return page($visitor, 'A PHP application behind the gateway', "<p>$greeting</p>");
}

function profile_page(Visitor $visitor): string
{
    $facts = [
        'E-mail' => $visitor->email,
        'Login name' => $visitor->username,
        'Roles' => implode(', ', $visitor->roles) ?: 'none',
        'Organisation' => $visitor->organization,
        'Id' => $visitor->id,
    ];
    $rows = '';
    foreach ($facts as $term => $fact) {
        $rows .= "<dt>$term</dt><dd>" . e($fact) . "</dd>\n";
    }
    return page($visitor, $visitor->name, "<dl>\n$rows</dl>");
}

function notes_file(): string
{
    return getenv('NOTES') ?: __DIR__ . '/notes.txt';
}

function notes_page(Visitor $visitor): string
{
    $token = csrf_token($visitor);
    $lines = is_file(notes_file()) ? array_reverse(file(notes_file(), FILE_IGNORE_NEW_LINES)) : [];
    $items = implode("\n", array_map(fn (string $line) => '<li>' . e($line) . '</li>', $lines));
    return page($visitor, 'Notes', <<<HTML
        <form method="post" action="/notes">
        <input type="hidden" name="csrf_token" value="$token">
        <label>A note <input name="text" maxlength="500" required></label>
        <button>Write it down</button>
        </form>
        <ul>
        $items
        </ul>
        HTML);
}

function add_note(Visitor $visitor): string
{
    $given = $_POST['text'] ?? '';
    // One line in the file is one note.
    $text = is_string($given) ? trim(preg_replace('/\s+/u', ' ', $given) ?? '') : '';
    if ($text !== '') {
        file_put_contents(notes_file(), substr($text, 0, 2000) . " ($visitor->name)\n", FILE_APPEND | LOCK_EX);
    }
    header('Location: /notes', true, 303);
    return '';
}

function admin_page(Visitor $visitor): string
{
    $count = is_file(notes_file()) ? count(file(notes_file())) : 0;
    return page($visitor, 'Admin', "<p>Notes so far: $count</p>");
}

function refused_page(Visitor $visitor): string
{
    http_response_code(403);
    return page($visitor, 'Access denied', '<p><a href="/auth/login?prompt=select_account">Use another account</a></p>');
}

function not_found_page(Visitor $visitor): string
{
    http_response_code(404);
    return page($visitor, 'Not found');
}
