// Search over sections. Only what a query needs is loaded: docs/search-index.md describes the files. Every word must be
// found: as a whole, as a word's start, or, where nothing else is, misspelt.
(function () {
  "use strict";
  var make = window.launchpad.make, icon = window.launchpad.icon, root = window.launchpad.root;
  var digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  var weights = [9, 2.5, 1.6, 1];
  // So many files of terms and of words are for one search: with the sizes of the files, that bounds what it loads.
  var batch = 8, listLimit = 1500, termLimit = 20, wordLimit = 8, longestWord = 24;
  var meta = null, termFiles = [], wordFiles = [], textFiles = [], pending = {};

  // Calls `visit` with each number: five bits a digit, the lowest first; a digit of 32 or more says that another follows.
  function numbers(text, visit) {
    for (var index = 0, value = 0, shift = 0; index < text.length; index++) {
      var digit = digits.indexOf(text[index]);
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit < 32) { visit(value); value = shift = 0; }
    }
  }

  // The index's scripts call these.
  window.launchpadSearch = {
    meta: function (value) {
      var first = 0, texts = [];
      numbers(value.texts, function (distance) { texts.push(first += distance); });
      meta = Object.assign(value, { texts: texts });
    },
    terms: function (number, rows) {
      var previous = "";
      termFiles[number] = rows.split(";").slice(0, -1).map(function (row) {
        var parts = row.slice(1).split(" ");
        previous = previous.slice(0, digits.indexOf(row[0])) + parts[0];
        return { term: previous, count: parseInt(parts[1], 36), lists: parts[2] };
      });
    },
    words: function (number, rows) {
      var previous = "";
      wordFiles[number] = rows.split(";").slice(0, -1).map(function (row) {
        previous = previous.slice(0, digits.indexOf(row[0])) + row.slice(2);
        return { term: previous, often: digits.indexOf(row[1]) };
      });
    },
    texts: function (number, rows) { textFiles[number] = rows; }
  };
  function load(name) {
    return pending[name] = pending[name] || new Promise(function (resolve, reject) {
      var source = root + "search/" + name + (meta ? "?" + meta.build : "");
      document.head.append(make("script", { src: source, onload: resolve, onerror: function () { delete pending[name]; reject(); } }));
    });
  }

  // The terms file that a term lies in.
  function place(term) {
    var low = 0, high = meta.terms.length;
    while (low + 1 < high) {
      var middle = (low + high) >> 1;
      if (meta.terms[middle] <= term) low = middle; else high = middle;
    }
    return low;
  }
  // The rows of these files; not of those that would be one too many for a search.
  async function rowsOf(kind, files, wanted, taken, limit) {
    wanted = wanted.filter(function (number) {
      if (!taken.has(number) && taken.size < limit) taken.add(number);
      return taken.has(number);
    });
    await Promise.all(wanted.map(function (number) { return load(kind + "-" + number + ".js"); }));
    return wanted.flatMap(function (number) { return files[number]; });
  }

  // The number of edits between two words, two letters that changed places counting as one; more than limit where there
  // are more. With `open`, what follows in the second word does not count.
  function distance(typed, word, limit, open) {
    var rows = [[]];
    for (var column = 0; column <= word.length; column++) rows[0].push(column);
    for (var line = 1; line <= typed.length; line++) {
      var row = [line], least = line;
      for (column = 1; column <= word.length; column++) {
        var same = typed[line - 1] === word[column - 1];
        row[column] = Math.min(rows[line - 1][column] + 1, row[column - 1] + 1, rows[line - 1][column - 1] + (same ? 0 : 1));
        if (line > 1 && column > 1 && typed[line - 1] === word[column - 2] && typed[line - 2] === word[column - 1]) {
          row[column] = Math.min(row[column], rows[line - 2][column - 2] + 1);
        }
        least = Math.min(least, row[column]);
      }
      if (least > limit + 1) return limit + 1;
      rows.push(row);
    }
    return open ? Math.min.apply(null, rows[typed.length]) : rows[typed.length][word.length];
  }

  // The words that a typed one may be a misspelling of, the likeliest first: those that start with the same letter and are
  // about as long, and some more in case that the first letter is wrong.
  async function meant(word, taken) {
    var letters = Array.from(word), length = letters.length, limit = length < 8 ? 1 : 2, keys = [];
    function add(letter, from, to) {
      for (var size = from; size <= to; size++) keys.push(letter + Math.min(size, longestWord));
    }
    add(letters[0], length - 1, length + 1);
    add(letters[1], length - 1, length);
    add(letters[0], length + 2, length + limit + 1);
    var wanted = keys.map(function (key) { return meta.words.indexOf(key); });
    wanted = wanted.filter(function (number, index) { return number >= 0 && wanted.indexOf(number) === index; });
    var rows = await rowsOf("words", wordFiles, wanted, taken, wordLimit);
    return rows.map(function (row) {
      var whole = distance(word, row.term, limit, false);
      var edits = whole <= limit ? whole : 0.5 + distance(word, row.term, limit, true);
      return { term: row.term, edits: edits, often: row.often };
    }).filter(function (entry) { return entry.edits <= limit + 0.5; }).sort(function (left, right) {
      return left.edits - right.edits || right.often - left.often;
    }).slice(0, 6);
  }

  // What may be meant by each typed word: rows of the index with how well they fit.
  async function candidates(words) {
    var terms = new Set(), lists = new Set();
    function rowsAt(numbers) { return rowsOf("terms", termFiles, numbers, terms, termLimit); }
    if (!meta.terms.length) return words.map(function () { return []; });
    // Every word's own place first, so that the words share what may be loaded.
    await Promise.all(words.map(function (word) { return rowsAt([place(word)]); }));
    var found = [];
    for (var word of words) {
      var from = place(word), to = Math.min(place(word + "\uffff"), from + 2), near = [];
      for (var number = from; number <= to; number++) near.push(number);
      var rows = await rowsAt(near);
      var entries = rows.filter(function (row) { return row.term.startsWith(word); }).map(function (row) {
        return { row: row, quality: row.term === word ? 1 : 0.45 + 0.3 * word.length / row.term.length };
      });
      found.push(entries.sort(function (left, right) { return right.quality - left.quality || right.row.count - left.row.count; }).slice(0, 24));
    }
    for (var index = 0; index < words.length; index++) {
      if (found[index].length || words[index].length < 4 || words[index].includes(":")) continue;
      for (var guess of await meant(words[index], lists)) {
        var row = (await rowsAt([place(guess.term)])).find(function (row) { return row.term === guess.term; });
        if (row) found[index].push({ row: row, quality: 0.5 / (1 + guess.edits) });
      }
    }
    return found;
  }

  function postings(row, visit) {
    row.lists.split(",").forEach(function (list, weight) {
      var section = 0;
      numbers(list, function (distance) { visit(section += distance, weights[weight]); });
    });
  }

  var separators = /[^\p{L}\p{N}_]+/u;
  var ideographs = /([\u2e80-\u9fff\uac00-\ud7af])/u;
  function wordsOf(query) {
    return query.toLowerCase().split(/\s+/).flatMap(function (piece) {
      if (/^(status|engine|lang):./.test(piece)) return [piece];
      return piece.split(separators).flatMap(function (word) { return word.split(ideographs); });
    }).filter(function (word, index, all) { return word && all.indexOf(word) === index; }).slice(0, termLimit);
  }

  async function find(query) {
    if (!meta) await load("meta.js");
    var words = wordsOf(query), total = new Map(), matched = new Map(), shown = [], needed = 0;
    var found = await candidates(words);
    words.forEach(function (word, index) {
      var entries = found[index];
      var best = new Map(), isCut = false;
      entries.forEach(function (entry) {
        if (!word.includes(":")) shown.push(entry.row.term);
        isCut = isCut || entry.row.count > listLimit;
        var rarity = Math.log(1 + meta.sections / entry.row.count) * entry.quality;
        postings(entry.row, function (section, weight) {
          best.set(section, Math.max(best.get(section) || 0, weight * rarity));
        });
      });
      // The sections of a word that is nearly everywhere are not all known: it cannot rule any out.
      if (!isCut) needed++;
      best.forEach(function (score, section) {
        total.set(section, (total.get(section) || 0) + score);
        if (!isCut) matched.set(section, (matched.get(section) || 0) + 1);
      });
    });
    var hits = [];
    total.forEach(function (score, section) {
      if ((matched.get(section) || 0) === needed) hits.push({ section: section, score: score });
    });
    hits.sort(function (left, right) { return right.score - left.score || left.section - right.section; });
    shown.sort(function (left, right) { return right.length - left.length; });
    return { hits: hits, terms: shown };
  }

  async function rowOf(section) {
    var low = 0, high = meta.texts.length;
    while (low + 1 < high) {
      var middle = (low + high) >> 1;
      if (meta.texts[middle] <= section) low = middle; else high = middle;
    }
    await load("texts-" + low + ".js");
    return textFiles[low][section - meta.texts[low]];
  }

  // The dialog.
  var selected = 0, latest = 0, result = { hits: [], terms: [] }, count = 0;
  var input = make("input", { type: "search", placeholder: "Search guides, config keys, errors", autocomplete: "off", spellcheck: false });
  input.setAttribute("aria-label", "Search");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "search-results");
  var list = make("ol", { id: "search-results" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  var status = make("p", {});
  status.setAttribute("role", "status");
  var close = make("button", { type: "button", className: "close" }, [make("kbd", { textContent: "Esc" })]);
  close.setAttribute("aria-label", "Close search");
  var form = make("form", { method: "dialog" }, [icon("search"), input, close]);
  var dialog = make("dialog", { className: "search" }, [form, status, list]);
  dialog.setAttribute("aria-label", "Search");
  document.body.append(dialog);
  var states = { passed: "Passed", failed: "Failed", stale: "Stale", "not-run": "Not run" };

  function marked(text, terms) {
    var lower = text.toLowerCase(), parts = [], from = 0;
    while (lower.length === text.length && from < text.length) {
      var at = -1, length = 0;
      terms.forEach(function (term) {
        var found = lower.indexOf(term, from);
        if (found >= 0 && (at < 0 || found < at)) { at = found; length = term.length; }
      });
      if (at < 0) break;
      parts.push(text.slice(from, at), make("mark", { textContent: text.slice(at, at + length) }));
      from = at + length;
    }
    return parts.concat(text.slice(from));
  }
  function excerpt(text, terms) {
    var lower = text.toLowerCase();
    var found = terms.concat([]).map(function (term) { return lower.indexOf(term); }).filter(function (at) { return at >= 0; });
    var from = found.length ? Math.max(0, Math.min.apply(null, found) - 32) : 0;
    return (from ? "…" : "") + text.slice(from, from + 160);
  }

  function select(index) {
    var links = list.querySelectorAll("a");
    if (!links.length) { selected = 0; return input.removeAttribute("aria-activedescendant"); }
    selected = (index + links.length) % links.length;
    links.forEach(function (link, number) { link.setAttribute("aria-selected", String(number === selected)); });
    input.setAttribute("aria-activedescendant", links[selected].id);
    links[selected].scrollIntoView({ block: "nearest" });
    if (selected >= count - 2) more();
  }
  function item(row, index, terms) {
    var heading = make("b", {}, marked(row[2], terms));
    if (row[3]) {
      var state = make("i", { className: "is-" + row[3] }, [icon(row[3]), states[row[3]]]);
      heading.append(state);
    }
    var link = make("a", { href: root + row[0], id: "result-" + index }, [
      heading, row[2] === row[1] ? "" : make("small", { textContent: row[1] }), make("span", {}, marked(excerpt(row[4], terms), terms))
    ]);
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    link.addEventListener("click", function () { dialog.close(); });
    var entry = make("li", {}, [link]);
    entry.setAttribute("role", "presentation");
    return entry;
  }
  async function more() {
    var ticket = latest, next = result.hits.slice(count, count + batch);
    if (!next.length || list.dataset.busy) return;
    list.dataset.busy = "true";
    try {
      var rows = await Promise.all(next.map(function (hit) { return rowOf(hit.section); }));
      if (ticket === latest) {
        rows.forEach(function (row, index) { list.append(item(row, count + index, result.terms)); });
        count += rows.length;
      }
    } finally { delete list.dataset.busy; }
  }
  async function show() {
    var ticket = ++latest, query = input.value.trim();
    if (!query) {
      list.replaceChildren();
      status.textContent = "Words from headings, text, code, config keys and outputs. Filters: status:failed, engine:bundled, lang:yaml.";
      return select(0);
    }
    try {
      var found = await find(query);
      var rows = await Promise.all(found.hits.slice(0, batch).map(function (hit) { return rowOf(hit.section); }));
      if (ticket !== latest) return;
      result = found;
      count = rows.length;
      delete list.dataset.busy;
      list.replaceChildren.apply(list, rows.map(function (row, index) { return item(row, index, found.terms); }));
      status.textContent = rows.length ? "" : "Nothing found for “" + query + "”.";
      list.setAttribute("aria-label", found.hits.length + " results");
      select(0);
    } catch (failure) {
      if (ticket === latest) status.textContent = "The search index cannot be loaded. Try again.";
    }
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") select(selected + 1);
    else if (event.key === "ArrowUp") select(selected - 1);
    // A search field would take the first Escape to empty itself.
    else if (event.key === "Escape") dialog.close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("scroll", function () { if (list.scrollTop + list.clientHeight > list.scrollHeight - 200) more(); });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var link = list.querySelectorAll("a")[selected];
    if (link) link.click();
  });
  close.addEventListener("click", function () { dialog.close(); });
  dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });

  window.launchpadOpenSearch = function () {
    if (!dialog.open) dialog.showModal();
    input.select();
    show();
  };
  window.launchpadOpenSearch();
})();
