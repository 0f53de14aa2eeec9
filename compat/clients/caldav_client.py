# A calendar client: makes a calendar, puts events into it, finds, moves and deletes them. Arguments: the site, an access token.

import datetime
import json
import sys

import caldav

site, token = sys.argv[1:]
utc = datetime.timezone.utc
day = datetime.datetime(2026, 12, 24, 18, 0, tzinfo=utc)

with caldav.DAVClient(url=site, auth_type="bearer", password=token) as client:
    principal = client.principal()
    # By MKCOL (RFC 5689), since Workers do not know MKCALENDAR.
    work = principal.make_calendar(name="Arbeit & Büro", cal_id="work", method="mkcol")
    home = principal.make_calendar(name="home", cal_id="home", method="mkcol")
    event = work.add_event(dtstart=day, dtend=day + datetime.timedelta(hours=2), summary="Käse & Brot 王", uid="dinner")
    work.add_event(dtstart=day.replace(year=2027), dtend=day.replace(year=2027), summary="later", uid="later")
    found = work.search(start=day.replace(hour=0), end=day.replace(hour=23), event=True)

    # Absolute, as clients send it (RFC 4918 §10.3).
    target = str(home.url.join("moved.ics"))
    moved = client.request(str(event.url), "MOVE", headers={"Destination": target, "Overwrite": "T"})
    summary = home.event_by_url(target).component["summary"]
    left = [str(each.component["summary"]) for each in work.events()]
    work.delete()
    print(json.dumps({
        "principal": str(principal.url),
        "found": [str(each.component["summary"]) for each in found],
        "moved": moved.status,
        "summary": str(summary),
        "left": left,
        "calendars": [calendar.get_display_name() for calendar in principal.calendars()],
    }))
