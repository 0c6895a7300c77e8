// Plain script in the head: sets the theme before the first paint, so that nothing flashes at night.
(function () {
  var theme = null;
  try { theme = localStorage.getItem("stepwell.theme"); } catch (e) { /* storage refused: stay with auto */ }
  document.documentElement.dataset.theme = theme === "day" || theme === "night" ? theme : "auto";
})();
