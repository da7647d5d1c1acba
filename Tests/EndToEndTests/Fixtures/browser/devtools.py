"""A headless Chromium, driven through its DevTools protocol."""

import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from websockets.sync.client import connect


class Failure(Exception):
    """What the browser says is wrong."""


def find_chromium():
    """The path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


class Gone(Failure):
    """The page went away while it was asked, such as one that leads on."""


class Browser:
    """A browser with one page."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="launchpad-browser-")
        self.process = subprocess.Popen(
            [
                find_chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-port=0",
                f"--user-data-dir={self.profile}", "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        port_file = os.path.join(self.profile, "DevToolsActivePort")
        self.wait_for(lambda: os.path.exists(port_file) and open(port_file).read().count("\n") >= 1, "the browser", 30)
        lines = open(port_file).read().split("\n")
        self.socket = connect(f"ws://127.0.0.1:{lines[0]}{lines[1]}", max_size=None, open_timeout=30)
        self.numbers = itertools.count(1)
        self.session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.width = None
        self.resize(1440, 900)

    def close(self):
        self.socket.close()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    # The protocol.

    def call(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv(timeout=30))
            if answer.get("id") == number:
                if "error" in answer:
                    if "navigated" in answer["error"]["message"]:
                        raise Gone(method)
                    raise Failure(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, condition, what, seconds=10):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                value = condition()
            except Gone:
                continue
            if value:
                return value
            time.sleep(0.01)
        raise Failure(f"waited {seconds} s for {what}")

    # What a reader does.

    def open(self, url):
        self.events = []
        loader = self.call("Page.navigate", url=url).get("loaderId")
        # To a place on the page that is open already, nothing is loaded.
        while loader and not self.has_loaded(loader):
            self.events.append(json.loads(self.socket.recv(timeout=30)))

    def has_loaded(self, loader):
        return any(
            event.get("method") == "Page.lifecycleEvent" and event["params"]["name"] == "load"
            and event["params"]["loaderId"] == loader for event in self.events)

    def run(self, expression):
        """The value of an expression in the page; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise Failure(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait(self, expression, seconds=10):
        return self.wait_for(lambda: self.run(expression), expression, seconds)

    def key(self, key, code=None, text="", control=False):
        names = {"code": code or key, "key": key, "modifiers": 2 if control else 0}
        numbers = {
            "Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38,
            "ArrowRight": 39, "ArrowDown": 40,
        }
        names["windowsVirtualKeyCode"] = numbers.get(key, ord(key.upper()[0]))
        if key == "Enter":
            text = "\r"
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **names)
        self.call("Input.dispatchKeyEvent", type="keyUp", **names)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def click(self, selector):
        box = self.run(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            "element.scrollIntoView({ block: 'center', behavior: 'instant' });"
            "const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def resize(self, width, height):
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )

    def media(self, **features):
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": name.replace("_", "-"), "value": value} for name, value in features.items()],
        )

    def scripts(self, enabled):
        self.call("Emulation.setScriptExecutionDisabled", value=not enabled)

    # What there is to look at.

    def problems(self):
        """Errors in the console, exceptions, and requests that failed, since the page was opened."""
        self.run("1")
        problems = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                problems.append(parameters["entry"]["text"])
            elif event.get("method") == "Runtime.exceptionThrown":
                problems.append(parameters["exceptionDetails"].get("exception", {}).get("description", "an exception"))
            elif event.get("method") == "Network.loadingFailed" and not parameters.get("canceled"):
                problems.append(parameters["errorText"])
        return problems

    def requests(self):
        """The addresses that were asked for since the page was opened."""
        self.run("1")
        return [
            event["params"]["request"]["url"] for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def received(self):
        """How many bytes came since the page was opened, headers not counted."""
        self.run("1")
        return sum(event["params"]["dataLength"] for event in self.events if event.get("method") == "Network.dataReceived")

    def screenshot(self, path, full=False):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=full)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
