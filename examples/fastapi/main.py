"""A FastAPI application without login code: pages for people, an API for their scripts and for machines."""

from html import escape
from typing import List, Optional

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from gateway import GatewayOnly, Visitor, api_role, api_user, own_page, page_role, page_user, visitor

app = FastAPI(title="Notes")
app.add_middleware(GatewayOnly)


class NewNote(BaseModel):
    text: str = Field(min_length=1, max_length=500)


class Note(NewNote):
    author: str


notes: List[Note] = []


@app.get("/", response_class=HTMLResponse)
def landing(who: Optional[Visitor] = Depends(visitor)):
    if who is None:
        return page(None, "A FastAPI application behind the gateway", "<p>Everybody may read this page.</p>")
    return page(who, "A FastAPI application behind the gateway", f"<p>Hello, {escape(who.name or who.id)}!</p>")


@app.get("/profile", response_class=HTMLResponse)
def profile(who: Visitor = Depends(page_user)):
    facts = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>\n" for name, value in who)
    return page(who, "Profile", f"<dl>\n{facts}</dl>")


@app.get("/admin", response_class=HTMLResponse)
def admin(who: Visitor = Depends(page_role("admin"))):
    return page(who, "Admin", f"<p>Notes so far: {len(notes)}</p>")


@app.get("/api/public")
def public():
    return {"message": "Public endpoint - no authentication required"}


@app.get("/api/protected")
def protected(who: Visitor = Depends(api_user)):
    return {"message": "Protected endpoint", "user_id": who.id, "email": who.email}


@app.get("/api/admin")
def admin_only(who: Visitor = Depends(api_role("admin"))):
    return {"message": "Admin endpoint", "user_id": who.id}


@app.get("/api/notes")
def list_notes(who: Visitor = Depends(api_user)) -> List[Note]:
    return notes


@app.post("/api/notes", status_code=201, dependencies=[Depends(own_page)])
def add_note(note: NewNote, who: Visitor = Depends(api_user)) -> Note:
    notes.insert(0, Note(text=note.text, author=who.name or who.id))
    del notes[100:]
    return notes[0]


def page(who: Optional[Visitor], title: str, content: str) -> str:
    """`content` is markup, already escaped."""
    account = (
        '<form method="post" action="/auth/logout"><button>Sign out</button></form>'
        if who
        else '<a href="/auth/login?return_to=/profile">Sign in</a>'
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
</head>
<body>
<nav><a href="/">Home</a> <a href="/profile">Profile</a> <a href="/admin">Admin</a> <a href="/docs">API</a></nav>
{account}
<main>
<h1>{escape(title)}</h1>
{content}
</main>
</body>
</html>
"""
