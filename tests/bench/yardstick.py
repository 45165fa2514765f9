"""The yardstick: the smallest Flask application there is, one page of text."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    return "<!doctype html><title>Bare</title><p>A bare Flask page.</p>"
