// The page is whole without this: it lets a reader choose colours, hide runs and read curves.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Colours: as the system has them, or as chosen here or by #light and #dark in the address.
  const choices = all("[data-theme-choice]");
  const choose = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  };
  const asked = location.hash.slice(1);
  if (asked === "light" || asked === "dark") choose(asked);
  for (const button of choices) button.addEventListener("click", () => choose(button.dataset.themeChoice));
  for (const element of all(".theme, .hint")) element.hidden = false;

  // Runs: their names in the legend hide and show them.
  const hidden = new Set();
  for (const button of all("[data-toggle]")) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const run = Number(button.dataset.toggle);
      if (!hidden.delete(run)) hidden.add(run);
      button.setAttribute("aria-pressed", String(!hidden.has(run)));
      for (const line of all(`.run[data-run="${run}"]`)) line.classList.toggle("off", hidden.has(run));
    });
  }

  // Read-out: the values nearest to the pointer, or to where the arrow keys have gone.
  const numbers = JSON.parse(document.getElementById("numbers").textContent);
  const format = (value) =>
    Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential(3)
      : value.toLocaleString("en", { maximumSignificantDigits: 5 });
  const nearest = (xs, x) => {
    let low = 0;
    let high = xs.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[middle] < x) low = middle + 1;
      else high = middle;
    }
    return low > 0 && x - xs[low - 1] <= xs[low] - x ? low - 1 : low;
  };
  for (const chart of numbers.charts) {
    const svg = document.getElementById(chart.id);
    const guide = svg.querySelector(".guide");
    const readout = svg.parentElement.querySelector(".readout");
    const [from, to] = chart.domain;
    const [left, right] = chart.range;
    let at = null;
    const shown = () => chart.series.filter((line) => line.x.length > 0 && !hidden.has(line.run));
    const leave = () => {
      at = null;
      guide.classList.remove("on");
      readout.replaceChildren();
    };
    const tell = (x) => {
      const lines = shown();
      if (lines.length === 0) return leave();
      const closest = lines.map((line) => line.x[nearest(line.x, x)]);
      at = closest.reduce((a, b) => (Math.abs(b - x) < Math.abs(a - x) ? b : a));
      const place = left + ((at - from) / (to - from)) * (right - left);
      guide.setAttribute("x1", place);
      guide.setAttribute("x2", place);
      guide.classList.add("on");
      readout.replaceChildren(`${format(at)} ${chart.x}`);
      for (const line of lines) {
        // A run that ended before tells nothing here.
        const index = nearest(line.x, at);
        if (Math.abs(line.x[index] - at) > (to - from) / 20) continue;
        const value = document.createElement("b");
        value.textContent = format(line.y[index]);
        const told = document.createElement("span");
        told.append(value, ` ${numbers.runs[line.run]}`);
        readout.append(told, " ");
      }
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const place = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      tell(from + ((place - left) / (right - left)) * (to - from));
    });
    svg.addEventListener("pointerleave", leave);
    svg.addEventListener("blur", leave);
    svg.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!way || shown().length === 0) return;
      event.preventDefault();
      const xs = shown()[0].x;
      const next = at === null ? (way > 0 ? 0 : xs.length - 1) : nearest(xs, at) + way;
      tell(xs[Math.max(0, Math.min(xs.length - 1, next))]);
    });
  }
})();
