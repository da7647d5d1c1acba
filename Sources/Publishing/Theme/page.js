// What pages can do with JavaScript. Without it everything can still be read.
(function () {
  "use strict";
  var html = document.documentElement;
  var script = document.currentScript;
  var root = html.dataset.root;
  var all = function (selector, inside) { return Array.from((inside || document).querySelectorAll(selector)); };
  var make = function (tag, properties, children) {
    var element = Object.assign(document.createElement(tag), properties);
    (children || []).forEach(function (child) { element.append(child); });
    return element;
  };
  var icon = function (name) {
    var svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    var use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", "#i-" + name);
    svg.append(use);
    return svg;
  };

  // Theme: system, light, dark, and round again.
  var themeButton = document.querySelector(".theme");
  var themes = ["system", "light", "dark"];
  function showTheme() {
    var theme = html.dataset.theme || "system";
    themeButton.replaceChildren(icon(theme));
    themeButton.setAttribute("aria-label", "Theme: " + theme);
    themeButton.title = "Theme: " + theme;
  }
  if (themeButton) {
    themeButton.hidden = false;
    themeButton.addEventListener("click", function () {
      var next = themes[(themes.indexOf(html.dataset.theme || "system") + 1) % 3];
      if (next === "system") delete html.dataset.theme; else html.dataset.theme = next;
      try {
        if (next === "system") localStorage.removeItem("launchpad-theme");
        else localStorage.setItem("launchpad-theme", next);
      } catch (unavailable) {}
      showTheme();
    });
    showTheme();
  }

  // Copy: commands as they ran, without prompts and output; any other block as it stands.
  function textOf(pre) {
    var commands = all(".cmd", pre);
    if (!commands.length) return pre.querySelector("code").textContent;
    return commands.map(function (command) {
      var copy = command.cloneNode(true);
      all(".p", copy).forEach(function (prompt) { prompt.remove(); });
      return copy.textContent;
    }).join("\n");
  }
  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = make("textarea", { value: text, readOnly: true, className: "skip" });
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject();
  }
  all("figure.code").forEach(function (figure) {
    var pre = figure.querySelector("pre");
    if (!pre) return;
    var label = make("span", { textContent: "Copy" });
    var button = make("button", { type: "button", className: "copy" }, [icon("copy"), label]);
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      copyText(textOf(pre)).then(function () { label.textContent = "Copied"; }, function () {
        label.textContent = "Press Ctrl-C";
        getSelection().selectAllChildren(pre);
      }).then(function () { setTimeout(function () { label.textContent = "Copy"; }, 1800); });
    });
    var caption = figure.querySelector("figcaption");
    if (caption) caption.append(button);
  });
  // Tabs: neighbouring blocks become one. A choice holds for every group that has the label, and for the next pages.
  var groups = [];
  function showTab(label) {
    groups.forEach(function (group) {
      if (group.labels.indexOf(label) < 0) return;
      group.figures.forEach(function (figure) { figure.hidden = figure.dataset.tab !== label; });
      group.buttons.forEach(function (button) {
        var isShown = button.textContent === label;
        button.setAttribute("aria-selected", String(isShown));
        button.tabIndex = isShown ? 0 : -1;
      });
    });
  }
  function chooseTab(button) {
    var before = button.getBoundingClientRect().top;
    showTab(button.textContent);
    scrollBy({ top: button.getBoundingClientRect().top - before, behavior: "instant" });
    button.focus({ preventScroll: true });
    try { localStorage.setItem("launchpad-tab", button.textContent); } catch (unavailable) {}
  }
  all(".tabs").forEach(function (box) {
    var figures = all("figure[data-tab]", box);
    var labels = Array.from(new Set(figures.map(function (figure) { return figure.dataset.tab; })));
    if (labels.length < 2) return;
    var buttons = labels.map(function (label) { return make("button", { type: "button", textContent: label }); });
    buttons.forEach(function (button, index) {
      button.setAttribute("role", "tab");
      button.addEventListener("click", function () { chooseTab(button); });
      button.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) chooseTab(buttons[(index + step + buttons.length) % buttons.length]);
      });
    });
    figures.forEach(function (figure) { figure.setAttribute("role", "tabpanel"); });
    var list = make("div", { className: "tablist" }, buttons);
    list.setAttribute("role", "tablist");
    box.prepend(list);
    groups.push({ labels: labels, figures: figures, buttons: buttons });
    showTab(labels[0]);
  });
  try { if (groups.length) showTab(localStorage.getItem("launchpad-tab")); } catch (unavailable) {}

  // What scrolls sideways must be reachable by keyboard.
  function markScrollers() {
    all("pre, .table").forEach(function (box) {
      var scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (!scrolls) return box.removeAttribute("tabindex");
      box.tabIndex = 0;
    });
  }
  markScrollers();
  addEventListener("resize", markScrollers);

  // Menu on narrow screens.
  var menu = document.querySelector(".menu");
  if (menu) {
    menu.setAttribute("role", "button");
    menu.setAttribute("aria-controls", "menu");
    var toggleMenu = function (open) {
      document.body.classList.toggle("menu-open", open);
      menu.setAttribute("aria-expanded", String(open));
    };
    toggleMenu(false);
    menu.addEventListener("click", function (event) {
      event.preventDefault();
      toggleMenu(!document.body.classList.contains("menu-open"));
    });
    menu.addEventListener("keydown", function (event) { if (event.key === " ") { event.preventDefault(); menu.click(); } });
    addEventListener("keydown", function (event) {
      if (event.key === "Escape" && document.body.classList.contains("menu-open")) { toggleMenu(false); menu.focus(); }
    });
    all(".sidebar a").forEach(function (link) { link.addEventListener("click", function () { toggleMenu(false); }); });
  }
  var current = document.querySelector(".sidebar [aria-current]");
  if (current) {
    var sidebar = document.querySelector(".sidebar");
    sidebar.scrollTop = Math.max(0, current.offsetTop - sidebar.clientHeight / 2);
  }

  // Contents follow the reader: the last heading above the upper third is the current one.
  var links = all(".contents a");
  if (links.length) {
    var targets = links.map(function (link) { return document.getElementById(decodeURIComponent(link.hash.slice(1))); });
    var follow = function () {
      var active = 0;
      targets.forEach(function (target, index) {
        if (target && target.getBoundingClientRect().top < innerHeight / 3) active = index;
      });
      if (innerHeight + scrollY >= document.body.scrollHeight - 2) active = links.length - 1;
      links.forEach(function (link, index) {
        if (index === active) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      });
    };
    var waiting = false;
    addEventListener("scroll", function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () { waiting = false; follow(); });
    }, { passive: true });
    follow();
  }

  // A link to a check shows its tab and opens what is folded, and the transcript below it.
  function openTarget() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) {
      showTab(target.dataset.tab);
      target.scrollIntoView();
    }
    all("details.proof, details.fold", target).forEach(function (details) { details.open = true; });
  }
  addEventListener("hashchange", openTarget);
  openTarget();

  // Search: loaded on first use.
  var opener = document.querySelector(".search-open");
  var loaded = false;
  function openSearch() {
    if (window.launchpadOpenSearch) return window.launchpadOpenSearch();
    if (loaded) return;
    loaded = true;
    document.head.append(make("script", { src: script.dataset.search }));
  }
  if (opener && script.dataset.search) {
    opener.hidden = false;
    opener.setAttribute("aria-keyshortcuts", "/ Control+K");
    opener.addEventListener("click", openSearch);
    addEventListener("keydown", function (event) {
      var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
      var slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (slash || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        openSearch();
      }
    });
  }
  window.launchpad = { make: make, icon: icon, root: root };
})();
