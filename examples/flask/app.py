"""A Flask application without login code: pages for everybody, for users, for administrators, and a form."""

from flask import Flask, g, redirect, render_template, request

import gateway

app = Flask(__name__)
gateway.init_app(app)

notes = []


@app.get("/")
def landing():
    return render_template("landing.html")


@app.get("/profile")
@gateway.login_required
def profile():
    said = {name: value for name, value in request.headers.items() if name.startswith("X-Forwarded-")}
    return render_template("profile.html", said=said)


@app.get("/notes")
@gateway.login_required
def show_notes():
    return render_template("notes.html", notes=notes)


@app.post("/notes")
@gateway.login_required
def add_note():
    text = request.form.get("text", "").strip()[:500]
    if text:
        notes.insert(0, (g.visitor.name, text))
        del notes[100:]
    return redirect("/notes", 303)


@app.get("/admin")
@gateway.role_required("admin")
def admin():
    return render_template("admin.html", count=len(notes))


@app.errorhandler(403)
def refused(error):
    return render_template("refused.html", reason=error.description), 403
