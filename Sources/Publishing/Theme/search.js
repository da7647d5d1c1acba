// Search over sections: every word must be found, as a word's start, inside it, or, where nothing else is, misspelt.
(function () {
  "use strict";
  var make = window.launchpad.make;
  var root = window.launchpad.root;
  var sections = null;
  var vocabulary = [];
  var selected = 0;

  var input = make("input", { type: "search", placeholder: "Search guides, config keys, errors", autocomplete: "off", spellcheck: false });
  input.setAttribute("aria-label", "Search");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "search-results");
  var list = make("ol", { id: "search-results" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  var status = make("p", { textContent: "Loading…" });
  status.setAttribute("role", "status");
  var form = make("form", { method: "dialog" }, [window.launchpad.icon("search"), input, make("kbd", { textContent: "Esc" })]);
  var dialog = make("dialog", { className: "search" }, [form, status, list]);
  dialog.setAttribute("aria-label", "Search");
  document.body.append(dialog);

  window.launchpadSearch = function (rows) {
    var seen = new Set();
    sections = rows.map(function (row) {
      var section = { href: row[0], page: row[1], title: row[2], text: row[3], lower: row[3].toLowerCase(), head: (row[2] + " " + row[1]).toLowerCase() };
      (section.head + " " + section.lower).split(/[^\p{L}\p{N}_$-]+/u).forEach(function (word) { if (word.length > 2) seen.add(word); });
      return section;
    });
    vocabulary = Array.from(seen);
    show();
  };

  // The number of edits from `typed` to the start of `word`, or more than `limit`.
  function distance(typed, word, limit) {
    var row = [], column, line;
    for (column = 0; column <= word.length; column++) row.push(column);
    for (line = 1; line <= typed.length; line++) {
      var next = [line], least = line;
      for (column = 1; column <= word.length; column++) {
        next[column] = Math.min(row[column] + 1, next[column - 1] + 1, row[column - 1] + (typed[line - 1] === word[column - 1] ? 0 : 1));
        least = Math.min(least, next[column]);
      }
      if (least > limit) return least;
      row = next;
    }
    return Math.min.apply(null, row.slice(Math.max(0, typed.length - limit)));
  }

  function score(section, term) {
    var at = section.head.indexOf(term);
    if (at >= 0) return at === 0 || /[^\p{L}\p{N}]/u.test(section.head[at - 1]) ? 12 : 6;
    at = section.lower.indexOf(term);
    if (at < 0) return 0;
    return at === 0 || /[^\p{L}\p{N}]/u.test(section.lower[at - 1]) ? 4 : 2;
  }

  function find(query) {
    var terms = query.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = [];
    var alternatives = terms.map(function (term) {
      if (sections.some(function (section) { return score(section, term) > 0; }) || term.length < 4) { shown.push(term); return [term]; }
      var limit = term.length < 8 ? 1 : 2;
      var near = vocabulary.filter(function (word) { return word.length >= term.length - limit && distance(term, word, limit) <= limit; }).slice(0, 12);
      shown.push.apply(shown, near);
      return near;
    });
    var hits = [];
    sections.forEach(function (section, index) {
      var total = 0;
      var every = alternatives.every(function (words) {
        var best = Math.max.apply(null, [0].concat(words.map(function (word) { return score(section, word); })));
        total += best;
        return best > 0;
      });
      if (every) hits.push({ section: section, score: total, index: index });
    });
    hits.sort(function (left, right) { return right.score - left.score || left.index - right.index; });
    return { hits: hits.slice(0, 30), terms: shown };
  }

  function marked(text, terms) {
    var lower = text.toLowerCase(), parts = [], from = 0;
    while (from < text.length) {
      var at = -1, length = 0;
      terms.forEach(function (term) {
        var place = lower.indexOf(term, from);
        if (place >= 0 && (at < 0 || place < at)) { at = place; length = term.length; }
      });
      if (at < 0) break;
      parts.push(text.slice(from, at), make("mark", { textContent: text.slice(at, at + length) }));
      from = at + length;
    }
    return parts.concat(text.slice(from));
  }

  function excerpt(section, terms) {
    var at = Math.min.apply(null, terms.map(function (term) { var place = section.lower.indexOf(term); return place < 0 ? Infinity : place; }));
    var from = at === Infinity ? 0 : Math.max(0, at - 32);
    return (from ? "…" : "") + section.text.slice(from, from + 160);
  }

  function select(index) {
    var links = list.querySelectorAll("a");
    if (!links.length) return input.removeAttribute("aria-activedescendant");
    selected = (index + links.length) % links.length;
    links.forEach(function (link, place) { link.setAttribute("aria-selected", String(place === selected)); });
    input.setAttribute("aria-activedescendant", links[selected].id);
    links[selected].scrollIntoView({ block: "nearest" });
  }

  function show() {
    if (!sections) return;
    var query = input.value.trim();
    list.replaceChildren();
    if (!query) { status.textContent = "Words from headings, text, code, config keys and outputs."; return select(0); }
    var result = find(query);
    status.textContent = result.hits.length ? "" : "Nothing found for “" + query + "”.";
    result.hits.forEach(function (hit, index) {
      var section = hit.section;
      var link = make("a", { href: root + section.href, id: "result-" + index }, [
        make("b", {}, marked(section.title, result.terms)),
        section.title === section.page ? "" : make("small", { textContent: section.page }),
        make("span", {}, marked(excerpt(section, result.terms), result.terms)),
      ]);
      link.setAttribute("role", "option");
      link.addEventListener("click", function () { dialog.close(); });
      var item = make("li", {}, [link]);
      item.setAttribute("role", "presentation");
      list.append(item);
    });
    select(0);
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") select(selected + 1);
    else if (event.key === "ArrowUp") select(selected - 1);
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var link = list.querySelectorAll("a")[selected];
    if (link) link.click();
  });
  dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });

  window.launchpadOpenSearch = function () {
    if (!dialog.open) dialog.showModal();
    input.select();
  };
  window.launchpadOpenSearch();
  document.head.append(make("script", { src: root + "search-index.js" }));
})();
