"""A chat with Django Channels: a page, and a socket for all of its visitors. The recipe's files are beside it when it runs."""

from urllib.parse import unquote

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.http import HttpResponse
from django.urls import path
from django.utils.html import escape

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Chat</title>
<h1>Chat of %s</h1>
<form><input name="text"><button>Say</button></form>
<ul></ul>
<p></p>
<script>
const socket = new WebSocket(location.origin.replace('http', 'ws') + '/talk');
const say = (tag, text) => Object.assign(document.querySelector(tag).appendChild(document.createElement('li')), { textContent: text });
socket.onopen = () => say('p', 'open');
socket.onmessage = ({ data }) => { const { name, text } = JSON.parse(data); say('ul', name + ': ' + text); };
socket.onclose = ({ code }) => say('p', 'closed ' + code);
document.forms[0].onsubmit = (event) => { event.preventDefault(); socket.send(JSON.stringify({ text: event.target.text.value })); };
</script>
"""


def page(request):
    return HttpResponse(PAGE % escape(unquote(request.headers.get("X-Forwarded-Name", ""))))


class Talk(AsyncJsonWebsocketConsumer):
    groups = ["everybody"]

    async def connect(self):
        await (self.accept() if self.scope["visitor"] else self.close())

    async def receive_json(self, content):
        said = {"name": self.scope["visitor"], "text": content["text"]}
        await self.channel_layer.group_send("everybody", {"type": "tell", "said": said})

    async def tell(self, event):
        await self.send_json(event["said"])


urlpatterns = [path("", page)]
sockets = [path("talk", Talk.as_asgi())]
