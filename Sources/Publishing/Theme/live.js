// Only while serving: loads the page again when it has changed, where the reader was, and shows the build's messages.
(function () {
  "use strict";
  var path = document.currentScript.dataset.path;
  var key = "launchpad-scroll " + location.pathname;
  var kept = sessionStorage.getItem(key);
  if (kept !== null) {
    sessionStorage.removeItem(key);
    addEventListener("load", function () { scrollTo({ top: Number(kept), behavior: "instant" }); });
  }
  function reload() {
    sessionStorage.setItem(key, String(scrollY));
    location.reload();
  }
  var events = new EventSource("/_launchpad/events");
  var lost = false;
  events.addEventListener("error", function () { lost = true; });
  events.addEventListener("open", function () { if (lost) reload(); });
  events.addEventListener("reload", function (event) {
    var changed = JSON.parse(event.data);
    if (changed.some(function (name) { return name === path || name.startsWith("assets/"); }) || path === "404.html") reload();
  });
  var box = null;
  events.addEventListener("problems", function (event) {
    var text = JSON.parse(event.data);
    if (box) box.remove();
    box = null;
    if (!text) return;
    box = document.createElement("section");
    box.className = "live-problems";
    box.setAttribute("role", "alert");
    var title = document.createElement("h2");
    title.textContent = "This build has problems";
    var close = document.createElement("button");
    close.type = "button";
    close.textContent = "Hide";
    close.addEventListener("click", function () { box.remove(); });
    var list = document.createElement("pre");
    list.textContent = text;
    box.append(close, title, list);
    document.body.append(box);
  });
})();
