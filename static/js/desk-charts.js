// Draws the tables that ask for it. The table is the truth and stays: the drawing says nothing that is not in it, and is hidden
// from readers who hear the page. Colours come from the style sheet, anew when the theme changes.

const charts = [];
const day = new Intl.DateTimeFormat(document.documentElement.lang || "en", { day: "numeric", month: "short", timeZone: "UTC" });
const month = new Intl.DateTimeFormat(document.documentElement.lang || "en", { month: "short", year: "2-digit", timeZone: "UTC" });
const MOST_LABELS = 7;

function read(table) {
  const heads = [...table.tHead.rows[0].cells];
  const series = heads.map((head, column) => ({ label: head.textContent, column })).filter(({ column }) => "series" in heads[column].dataset);
  const rows = [...table.tBodies[0].rows];
  const at = rows.map((row) => Number(row.cells[0].dataset.x));
  const values = series.map(({ column }) => rows.map(({ cells }) => ("y" in cells[column].dataset ? Number(cells[column].dataset.y) : null)));
  return { series, data: [at, ...values] };
}

function figures(table) {
  const { currency, unit } = table.dataset;
  const style = { notation: "compact", ...(currency ? { style: "currency", currency } : {}) };
  const format = new Intl.NumberFormat(document.documentElement.lang || "en", style);
  return (value) => (value === null ? "–" : `${format.format(value)}${unit ? ` ${unit}` : ""}`);
}

function options(table, { series, data }, place) {
  const style = getComputedStyle(place);
  const [soft, hair] = ["--chart-soft", "--chart-hair"].map((name) => style.getPropertyValue(name).trim());
  const colours = [1, 2, 3, 4].map((number) => style.getPropertyValue(`--chart-${number}`).trim());
  const isBars = table.dataset.chart === "bars";
  const words = figures(table);
  const times = table.tBodies[0].querySelector("th time") ? day : month;
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: soft, font, grid: { stroke: hair, width: 1 }, ticks: { stroke: hair, width: 1 } };
  const lines = series.map(({ label }, number) => ({
    label,
    stroke: colours[number],
    width: 2,
    dash: isBars ? [] : [[], [8, 4], [2, 3], [12, 3, 2, 3]][number], // told apart without colours too
    value: (_, value) => words(value),
    ...(isBars ? { fill: colours[number], width: 0, paths: uPlot.paths.bars({ size: [0.7, 40] }), points: { show: false } } : {}),
  }));
  return {
    width: place.clientWidth,
    height: 260,
    legend: { show: !isBars, live: false },
    cursor: { show: false },
    scales: { x: { time: true, range: around(data[0]) }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), table.dataset.unit ? 100 : Math.max(high ?? 0, 1) * 1.05] } },
    axes: [
      { ...axis, splits: () => some(data[0]), values: (_, moments) => moments.map((moment) => times.format(moment * 1000)) },
      { ...axis, size: 70, values: (_, values) => values.map(words) },
    ],
    series: [{ label: table.tHead.rows[0].cells[0].textContent, value: (_, moment) => (moment ? times.format(moment * 1000) : "") }, ...lines],
  };
}

// Labels stand under what is in the table, and not under more of it than can be read.
function some(moments) {
  const step = Math.ceil(moments.length / MOST_LABELS);
  return moments.filter((_, number) => number % step === 0);
}

// A lone bar has room on both sides.
function around(moments) {
  const gap = moments.length > 1 ? (moments.at(-1) - moments[0]) / moments.length : 24 * 3600;
  return [moments[0] - gap, moments.at(-1) + gap];
}

function draw(chart) {
  chart.plot?.destroy();
  chart.plot = new uPlot(options(chart.table, chart.read, chart.place), chart.read.data, chart.place);
}

function begin(table) {
  const pair = table.closest(".figures-pair");
  const found = read(table);
  if (!pair || !found.data.slice(1).some((values) => values.some((value) => value !== null))) return;
  const place = document.createElement("div");
  place.className = "figures-chart";
  place.setAttribute("aria-hidden", "true");
  pair.prepend(place);
  const chart = { table, read: found, place };
  charts.push(chart);
  draw(chart);
  new ResizeObserver(() => chart.plot.setSize({ width: place.clientWidth, height: 260 })).observe(place);
}

document.querySelectorAll("table[data-chart]").forEach(begin);
const again = () => charts.forEach(draw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
