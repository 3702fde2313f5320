"""PayPal's noes, in the shape of its error bodies."""

from typing import Any
from uuid import uuid4

SENTENCES = {
    "AUTHENTICATION_FAILURE": "Authentication failed due to missing or invalid credentials.",
    "INTERNAL_SERVER_ERROR": "An internal server error has occurred.",
    "INVALID_REQUEST": "Request is not well-formed, syntactically incorrect, or violates schema.",
    "NOT_AUTHORIZED": "Authorization failed due to insufficient permissions.",
    "RATE_LIMIT_REACHED": "Too many requests. Blocked due to rate limiting.",
    "RESOURCE_CONFLICT": "The server has detected a conflict while processing this request.",
    "RESOURCE_NOT_FOUND": "The specified resource does not exist.",
    "SERVICE_UNAVAILABLE": "Service Unavailable.",
    "UNPROCESSABLE_ENTITY": "The requested action could not be performed, semantically incorrect, or failed business validation.",
}
NAMES = {
    400: "INVALID_REQUEST",
    401: "AUTHENTICATION_FAILURE",
    403: "NOT_AUTHORIZED",
    404: "RESOURCE_NOT_FOUND",
    409: "RESOURCE_CONFLICT",
    422: "UNPROCESSABLE_ENTITY",
    429: "RATE_LIMIT_REACHED",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


class Problem(Exception):
    def __init__(self, status: int, issue: str = "", *, field: str = "", value: str = "") -> None:
        super().__init__(status, issue, field)
        self.status = status
        self.details = [{"issue": issue, "field": field, "value": value}] if issue else []

    @property
    def body(self) -> dict[str, Any]:
        name = NAMES[self.status]
        told: dict[str, Any] = {"name": name, "message": SENTENCES[name], "debug_id": uuid4().hex[:13]}
        if self.details:
            told["details"] = [
                {key: text for key, text in detail.items() if text} | {"location": "body", "description": "In words."}
                for detail in self.details
            ]
        return told | {"links": [{"href": "https://developer.paypal.com/docs/api/", "rel": "information_link"}]}


def unprocessable(issue: str, field: str = "") -> Problem:
    return Problem(422, issue, field=field)
