// Runs before the first paint, so that a stored theme never flashes. Without a stored one the system decides.
(function () {
  try {
    var theme = localStorage.getItem("launchpad-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (unavailable) {}
  document.documentElement.classList.add("js");
})();
