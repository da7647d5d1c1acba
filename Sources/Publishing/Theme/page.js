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
  // What only scripts show is drawn here; the page brings the other icons.
  var drawings = {
    search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.5 10.5 14 14",
    system: "M1.5 2.5h13v9h-13zM5.5 14h5M8 11.5V14",
    light: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3",
    dark: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
    copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"
  };
  var icon = function (name) {
    var draw = function (tag, attributes) {
      var element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
      return element;
    };
    var shape = drawings[name];
    var svg = draw("svg", shape ? { class: "i", "aria-hidden": "true", viewBox: "0 0 16 16" } : { class: "i", "aria-hidden": "true" });
    svg.append(shape ? draw("path", { d: shape }) : draw("use", { href: "#i-" + name }));
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
  // Blocks that are taller than their box show all of themselves on demand.
  function offerAll(pre) {
    var next = pre.nextElementSibling;
    if (pre.scrollHeight <= pre.clientHeight || next && next.className === "more") return;
    var button = make("button", { type: "button", className: "more" });
    var show = function (whole) {
      pre.classList.toggle("all", whole);
      button.textContent = whole ? "Show less" : "Show all " + pre.textContent.trimEnd().split("\n").length + " lines";
      button.setAttribute("aria-expanded", String(whole));
      if (!whole) pre.scrollTop = 0;
    };
    button.addEventListener("click", function () { show(!pre.classList.contains("all")); });
    show(false);
    pre.after(button);
  }

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
    markScrollers();
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
      if (box.matches(".code > pre")) offerAll(box);
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

  // Proofs: the evidence for a block lies on a page of its own. Where that can be fetched, it opens below the block.
  var evidence = {};
  function fetchEvidence(address) {
    return evidence[address] = evidence[address] || fetch(address).then(function (answer) {
      if (!answer.ok) throw answer;
      return answer.text();
    }).then(function (text) { return new DOMParser().parseFromString(text, "text/html"); });
  }
  function showEvidence(link, open) {
    var line = link.parentElement, box = line.nextElementSibling;
    var isShown = function (shown) {
      link.setAttribute("aria-expanded", String(shown));
      link.textContent = shown ? "Hide" : "Proof";
    };
    if (box) {
      box.hidden = !open;
      return isShown(open);
    }
    fetchEvidence(link.href.split("#")[0]).then(function (page) {
      var found = page.getElementById(decodeURIComponent(link.hash.slice(1))).querySelector(".evidence");
      if (!line.nextElementSibling) line.after(document.importNode(found, true));
      isShown(true);
      markScrollers();
    }).catch(function () { location.assign(link.href); });
  }
  var proofLinks = /^http/.test(location.protocol) ? all(".code > .proof a") : [];
  proofLinks.forEach(function (link) {
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      showEvidence(link, link.getAttribute("aria-expanded") === "false");
    });
  });

  // A link to a check shows its tab, and opens what is folded and its proof.
  function openTarget() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) {
      showTab(target.dataset.tab);
      target.scrollIntoView();
    }
    all("details.fold", target).forEach(function (details) { details.open = true; });
    proofLinks.forEach(function (link) { if (target.contains(link)) showEvidence(link, true); });
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
    opener.prepend(icon("search"));
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
