"""A mail server for tests: takes everything, notes it, and answers some recipients as it is told to."""

import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

HANG_UP = "hang up"


@dataclass
class Sink:
    """`replies`: (stage, recipient or "*") → a reply or HANG_UP; stages are connect, mail, rcpt, data and text."""

    replies: dict[tuple[str, str], str] = field(default_factory=dict)
    delay: float = 0.0  # seconds before the final answer
    taken: list[tuple[str, bytes]] = field(default_factory=list)  # (recipient, message) answered with 250
    heard: list[str] = field(default_factory=list)  # recipients whose text arrived, whatever was answered
    connections: int = 0
    port: int = 0

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(text, policy=policy.default) for _, text in self.taken]

    @property
    def mailers(self) -> dict[str, dict[str, Any]]:
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 5}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


class Session(socketserver.StreamRequestHandler):
    sink: Sink
    recipient = ""

    def handle(self) -> None:
        self.sink.connections += 1
        if not self.say("connect", "220 sink"):
            return
        while line := self.rfile.readline():
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if not self.answer(verb, command):
                return

    def answer(self, verb: str, command: str) -> bool:
        if verb == "MAIL":
            return self.say("mail", "250 ok")
        if verb == "RCPT":
            self.recipient = command.partition("<")[2].partition(">")[0]
            return self.say("rcpt", "250 ok")
        if verb == "DATA":
            return self.take()
        return self.say("other", "250 ok")

    def take(self) -> bool:
        if not self.say("data", "354 go ahead"):
            return False
        if self.reply("data"):
            return True  # it said no
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        self.sink.heard.append(self.recipient)
        time.sleep(self.sink.delay)
        if not self.reply("text"):
            self.sink.taken.append((self.recipient, b"".join(lines)))
        return self.say("text", "250 queued")

    def reply(self, stage: str) -> str:
        replies = self.sink.replies
        return replies.get((stage, self.recipient)) or replies.get((stage, "*"), "")

    def say(self, stage: str, usual: str) -> bool:
        """False when the line was closed."""
        words = self.reply(stage) or usual
        if words == HANG_UP:
            return False
        try:
            self.wfile.write(f"{words}\r\n".encode())
        except OSError:
            return False
        return not words.startswith("421")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def start(sink: Sink) -> Server:
    server = Server(("127.0.0.1", 0), type("OneSink", (Session,), {"sink": sink}))
    sink.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
