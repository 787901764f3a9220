"use strict";
const $ = (id) => document.getElementById(id);
window.addEventListener("error", (event) => {
  $("trouble").textContent += `${event.message} (line ${event.lineno}) `;
});

const data = JSON.parse($("data").textContent);
const { head, transactions, walks, registers, bursts, bars } = data;
// Columns of the rows.
const T = { number: 0, write: 1, stream: 2, context: 3, id: 4, addr: 5, len: 6, size: 7, to: 8, by: 9, resp: 10,
  end: 11, walks: 12, phases: 13, time: 14, story: 15 };
const B = { lane: 0, row: 1, from: 2, length: 3, kind: 4, index: 5 };
const KIND = { transaction: 0, forwarded: 1, walk: 2, register: 3, burst: 4 };
const F = { lane: 0, row: 1, cycle: 2, number: 3, transaction: 4, name: 5, stalled: 6 };

// By phase, in their order.
const COLOURS = ["#9aa5b1", "#b9c8d8", "#e9c46a", "#e07a3f", "#c1121f", "#8e7cc3", "#7f5539", "#4f8fc0", "#c58fb5",
  "#6aa86a"];
const WALK = ["#e07a3f", "#f0b78f", "#c9a227"];
const FORWARDED = "#4f8fc0", REGISTER = "#888", BURST = "#4f8fc0", OPEN = "#d0d0d0", FAULT = "#d00000";

const LABEL = 168, AXIS = 24, ROW = 15, GAP = 9;

// Where each lane begins.
const tops = [];
let height = 0;
for (const [, rows] of head.lanes) {
  tops.push(height);
  height += rows * ROW + GAP;
}

// The bars of each row, in the order of time.
const rows = new Map();
const barOf = [new Map(), new Map(), new Map(), new Map(), new Map()];
bars.forEach((bar, n) => {
  const key = bar[B.lane] * 100 + bar[B.row];
  if (!rows.has(key)) rows.set(key, []);
  rows.get(key).push(n);
  barOf[bar[B.kind]].set(bar[B.index], n);
});
const walkAt = new Map(walks.map((walk, n) => [walk[0], n]));
const transactionAt = new Map(transactions.map((t, n) => [t[T.number], n]));
const faultsOf = new Map();
for (const fault of head.faults) {
  if (!faultsOf.has(fault[F.transaction])) faultsOf.set(fault[F.transaction], []);
  faultsOf.get(fault[F.transaction]).push(fault);
}

const hex = (value) => (value === null ? "-" : "0x" + value.toString(16).padStart(8, "0"));
const bytes = (row, len, size) => (row[len] + 1) * 2 ** row[size];

function shownTime(cycle) {
  const ps = head.time[0] + cycle * head.time[1];
  if (ps < 1e6) return (ps / 1e3).toFixed(3) + " ns";
  if (ps < 1e9) return (ps / 1e6).toFixed(3) + " µs";
  return (ps / 1e9).toFixed(3) + " ms";
}

// ---- what is said of a bar

function walkLines(n) {
  const [number, id, purpose, of, reads] = walks[n];
  const why = ["for what waited", "ahead of need", "for a command of software"][purpose];
  const lines = [`walk#${number}, ID ${id}, ${why}` + (of.length ? `: ${of.map((t) => "#" + t).join(", ")}` : "")];
  for (const [address, level, asked, answered, words, error] of reads) {
    const what = error ? "an error" : words.map(hex).join(" ");
    const end = answered === null ? "not answered" : `answered in ${answered}: ${what}`;
    lines.push(`  ${level ? "level " + level + ", " : ""}${hex(address)}: asked in cycle ${asked}, ${end}`);
  }
  return lines;
}

function transactionLines(n) {
  const t = transactions[n];
  const bar = bars[barOf[KIND.transaction].get(n)];
  const ends = ["", ", not answered when the recording ends", ", not answered at a gap", ", not answered at reset"];
  const lines = [
    `#${t[T.number]} ${t[T.write] ? "write" : "read"} of ${bytes(t, T.len, T.size)} bytes at ${hex(t[T.addr])}`
      + `, stream ${t[T.stream]}` + (t[T.context] === null ? "" : `, context ${t[T.context]}`) + `, ID ${t[T.id]}`,
    `cycles ${bar[B.from]} to ${bar[B.from] + bar[B.length] - 1} (${bar[B.length]}), ${t[T.time]}`,
    (t[T.to] === null ? "did not reach memory" : `to ${hex(t[T.to])}`)
      + (t[T.by] === "-" ? "" : ` by ${t[T.by]}`)
      + (t[T.resp] === null ? ends[t[T.end]] : `, answered ${t[T.resp]}`),
  ];
  for (const fault of faultsOf.get(t[T.number]) || []) {
    lines.push(`fault#${fault[F.number]} ${fault[F.name]}${fault[F.stalled] ? ", stalled" : ""} in cycle ${fault[F.cycle]}`);
  }
  return lines;
}

function phaseLines(n) {
  const t = transactions[n];
  let at = bars[barOf[KIND.transaction].get(n)][B.from];
  const lines = [];
  for (let i = 0; i < t[T.phases].length; i += 2) {
    const [phase, length] = [t[T.phases][i], t[T.phases][i + 1]];
    lines.push(`  ${String(at).padStart(9)} ${head.phases[phase].padEnd(14)}${length}`);
    at += length;
  }
  return lines;
}

function told(n, whole) {
  const bar = bars[n];
  const index = bar[B.index];
  switch (bar[B.kind]) {
    case KIND.transaction:
    case KIND.forwarded: {
      const t = transactions[index];
      const lines = transactionLines(index);
      if (bar[B.kind] === KIND.forwarded) lines[0] += ", at memory";
      if (!whole) return lines;
      lines.push("", ...t[T.story], ...(t[T.story].length ? [""] : []), ...phaseLines(index));
      for (const walk of t[T.walks]) if (walkAt.has(walk)) lines.push(...walkLines(walkAt.get(walk)));
      lines.push("", `vcm-wave explain ${head.file} '#${t[T.number]}'`);
      return lines;
    }
    case KIND.walk:
      return walkLines(index);
    case KIND.register: {
      const [write, offset, value, name, error] = registers[index];
      return [`${write ? "write" : "read"} ${name || hex(offset)}: ${hex(value)}${error ? ", answered with an error" : ""}`
        + `, cycle ${bar[B.from]}`];
    }
    default: {
      const [number, write, id, addr, len, size, resp] = bursts[index];
      return [`${write ? "write" : "read"} ${number} of ${(len + 1) * 2 ** size} bytes at ${hex(addr)}, ID ${id}`
        + (resp === null ? ", not answered" : `, ${resp}`),
        `cycles ${bar[B.from]} to ${bar[B.from] + bar[B.length] - 1} (${bar[B.length]})`];
    }
  }
}

// ---- the view

const canvas = $("canvas");
const pen = canvas.getContext("2d");
const view = { from: 0, to: 1, top: 0 };
let size = { width: 1, height: 1 };
let hovered = -1, selected = -1;
let hits = [], hit = -1, hitSet = new Set();

const scale = () => (size.width - LABEL) / (view.to - view.from);
const xOf = (cycle) => LABEL + (cycle - view.from) * scale();
const yOf = (lane, row) => AXIS + tops[lane] + row * ROW - view.top;
const cycleAt = (x) => view.from + (x - LABEL) / scale();

function limit() {
  const [first, last] = head.span;
  const most = (last - first) * 1.04 + 2;
  const width = Math.min(Math.max(view.to - view.from, 8), most);
  const middle = (view.from + view.to) / 2;
  view.from = Math.min(Math.max(middle - width / 2, first - width / 2), last - width / 2);
  view.to = view.from + width;
  view.top = Math.max(0, Math.min(view.top, height + AXIS - size.height));
}

function everything() {
  const [first, last] = head.span;
  const margin = (last - first) * 0.01 + 1;
  view.from = first - margin;
  view.to = last + margin;
  view.top = 0;
  draw();
}

function zoom(factor, x) {
  const at = cycleAt(x);
  view.from = at - (at - view.from) * factor;
  view.to = at + (view.to - at) * factor;
  draw();
}

/** The bars that a bar belongs with. */
function related(n) {
  if (n < 0) return [];
  const [kind, index] = [bars[n][B.kind], bars[n][B.index]];
  const ends = [];
  const add = (kind, index) => {
    const bar = index === undefined ? undefined : barOf[kind].get(index);
    if (bar !== undefined) ends.push(bar);
  };
  if (kind === KIND.transaction || kind === KIND.forwarded) {
    add(kind === KIND.transaction ? KIND.forwarded : KIND.transaction, index);
    for (const walk of transactions[index][T.walks]) add(KIND.walk, walkAt.get(walk));
  } else if (kind === KIND.walk) {
    for (const t of walks[index][3]) add(KIND.transaction, transactionAt.get(t));
  }
  return ends;
}

function drawBar(n) {
  const bar = bars[n];
  const [x, y] = [xOf(bar[B.from]), yOf(bar[B.lane], bar[B.row])];
  const k = scale();
  const width = Math.max(bar[B.length] * k, 1);
  const tall = ROW - 3;
  const index = bar[B.index];
  switch (bar[B.kind]) {
    case KIND.transaction: {
      const phases = transactions[index][T.phases];
      if (!phases.length) {
        pen.fillStyle = OPEN;
        pen.fillRect(x, y, width, tall);
      } else if (width < 3) {
        // What took longest stands for all of it.
        let best = 0;
        for (let i = 2; i < phases.length; i += 2) if (phases[i + 1] > phases[best + 1]) best = i;
        pen.fillStyle = COLOURS[phases[best]];
        pen.fillRect(x, y, width, tall);
      } else {
        let at = x;
        for (let i = 0; i < phases.length; i += 2) {
          pen.fillStyle = COLOURS[phases[i]];
          pen.fillRect(at, y, phases[i + 1] * k + 0.3, tall);
          at += phases[i + 1] * k;
        }
      }
      if (width > 40) label(`#${transactions[index][T.number]} ${hex(transactions[index][T.addr])}`, x, y, width);
      break;
    }
    case KIND.forwarded:
      pen.fillStyle = FORWARDED;
      pen.fillRect(x, y, width, tall);
      if (width > 40) label(`#${transactions[index][T.number]} ${hex(transactions[index][T.to])}`, x, y, width);
      break;
    case KIND.walk: {
      const [number, , purpose, , reads] = walks[index];
      pen.fillStyle = WALK[purpose];
      pen.fillRect(x, y, width, tall);
      if (width > 12) {
        pen.fillStyle = "#fff";
        for (const read of reads.slice(1)) pen.fillRect(xOf(read[2]), y, 1, tall);
      }
      if (width > 40) label(`walk#${number}`, x, y, width);
      break;
    }
    case KIND.register: {
      pen.fillStyle = registers[index][0] ? "#555" : "#aaa";
      pen.fillRect(x, y, width, tall);
      if (width > 40) label(registers[index][3] || hex(registers[index][1]), x, y, width);
      break;
    }
    default:
      pen.fillStyle = BURST;
      pen.fillRect(x, y, width, tall);
  }
}

function label(text, x, y, width) {
  const from = Math.max(x, LABEL);
  const room = Math.min(x + width, size.width) - from - 4;
  if (room < 20) return;
  const most = Math.floor(room / 5.6);
  pen.fillStyle = "#000c";
  pen.fillText(text.length > most ? text.slice(0, most) : text, from + 2, y + ROW / 2 - 1);
}

function outline(n, colour) {
  const bar = bars[n];
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.strokeRect(xOf(bar[B.from]) - 1, yOf(bar[B.lane], bar[B.row]) - 1, Math.max(bar[B.length] * scale(), 2) + 2, ROW - 1);
}

function link(one, other, colour, width) {
  const end = (n, late) => {
    const bar = bars[n];
    return [xOf(bar[B.from]) + (late ? bar[B.length] * scale() : 0), yOf(bar[B.lane], bar[B.row]) + ROW / 2 - 1];
  };
  const [x, y] = end(one, false), [u, v] = end(other, false);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.bezierCurveTo(x, (y + v) / 2, u, (y + v) / 2, u, v);
  pen.stroke();
}

/** The first bar of a row that ends after a cycle. Bars of the last row may overlap: then from the first. */
function firstOf(list, cycle) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const bar = bars[list[middle]];
    if (bar[B.from] + bar[B.length] < cycle) low = middle + 1; else high = middle;
  }
  return low;
}

function axis() {
  const k = scale();
  let step = 1;
  while (step * k < 90) step *= step.toString()[0] === "2" ? 2.5 : 2;
  pen.fillStyle = "#f6f6f4";
  pen.fillRect(0, 0, size.width, AXIS);
  pen.strokeStyle = "#e4e4e0";
  pen.lineWidth = 1;
  pen.fillStyle = "#555";
  for (let cycle = Math.ceil(view.from / step) * step; cycle < view.to; cycle += step) {
    const x = Math.round(xOf(cycle)) + 0.5;
    if (x < LABEL) continue;
    pen.beginPath();
    pen.moveTo(x, AXIS);
    pen.lineTo(x, size.height);
    pen.stroke();
    pen.fillText(cycle.toLocaleString("en") + (step * k > 150 ? `  ${shownTime(cycle)}` : ""), x + 2, AXIS / 2);
  }
}

function drawNow() {
  waiting = false;
  limit();
  const dots = window.devicePixelRatio || 1;
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.clearRect(0, 0, size.width, size.height);
  pen.font = "10.5px system-ui, sans-serif";
  pen.textBaseline = "middle";
  axis();
  pen.save();
  pen.beginPath();
  pen.rect(LABEL, AXIS, size.width - LABEL, size.height - AXIS);
  pen.clip();
  const k = scale();
  const visible = [];
  for (const [key, list] of rows) {
    const y = yOf(Math.floor(key / 100), key % 100);
    if (y < AXIS - ROW || y > size.height) continue;
    let painted = -1;
    for (let i = firstOf(list, view.from); i < list.length; i++) {
      const bar = bars[list[i]];
      if (bar[B.from] > view.to) break;
      // Of what falls into one dot the first is enough.
      const right = Math.floor(xOf(bar[B.from] + bar[B.length]));
      if (right === painted && bar[B.length] * k < 1) continue;
      painted = right;
      drawBar(list[i]);
      if (visible.length <= 400) visible.push(list[i]);
    }
  }
  if (visible.length <= 400) {
    for (const n of visible) {
      if (bars[n][B.kind] === KIND.transaction) for (const m of related(n)) link(n, m, "#0002", 1);
    }
  }
  for (const n of hits) {
    const bar = bars[n];
    if (hits.length <= 2000 && bar[B.from] < view.to && bar[B.from] + bar[B.length] > view.from) outline(n, "#f0b000");
  }
  for (const n of [hovered, selected]) {
    if (n < 0) continue;
    for (const m of related(n)) {
      link(n, m, "#000", 1.5);
      outline(m, "#777");
    }
    outline(n, "#000");
  }
  pen.fillStyle = FAULT;
  for (const fault of head.faults) {
    const x = xOf(fault[F.cycle]), y = yOf(fault[F.lane], fault[F.row]);
    if (x < LABEL - 5 || x > size.width + 5) continue;
    pen.beginPath();
    pen.moveTo(x - 5, y - 3);
    pen.lineTo(x + 5, y - 3);
    pen.lineTo(x, y + 7);
    pen.fill();
  }
  pen.restore();
  pen.fillStyle = "#222";
  pen.font = "12px system-ui, sans-serif";
  pen.strokeStyle = "#ddd";
  pen.lineWidth = 1;
  head.lanes.forEach(([name], lane) => {
    const y = yOf(lane, 0);
    if (y < AXIS - ROW || y > size.height) return;
    pen.fillText(name, 8, Math.max(y, AXIS + 2) + ROW / 2 - 1, LABEL - 12);
    pen.beginPath();
    pen.moveTo(0, y - GAP / 2 + 0.5);
    pen.lineTo(size.width, y - GAP / 2 + 0.5);
    pen.stroke();
  });
}

let waiting = false;
function draw() {
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(drawNow);
  }
}

function barUnder(x, y) {
  if (x < LABEL || y < AXIS) return -1;
  const at = y - AXIS + view.top;
  let lane = tops.length - 1;
  while (lane > 0 && tops[lane] > at) lane--;
  const list = rows.get(lane * 100 + Math.floor((at - tops[lane]) / ROW));
  if (!list) return -1;
  const slack = 2 / scale();
  const cycle = cycleAt(x);
  for (let i = firstOf(list, cycle - slack); i < list.length; i++) {
    const bar = bars[list[i]];
    if (bar[B.from] > cycle + slack) break;
    return list[i];
  }
  return -1;
}

function select(n) {
  selected = n;
  $("detail").textContent = n < 0 ? "" : told(n, true).join("\n");
  draw();
}

/** Brings a bar into view. */
function show(n) {
  const bar = bars[n];
  let from = bar[B.from], to = bar[B.from] + bar[B.length];
  for (const m of related(n)) {
    from = Math.min(from, bars[m][B.from]);
    to = Math.max(to, bars[m][B.from] + bars[m][B.length]);
  }
  const width = Math.max((to - from) * 3, 60);
  view.from = (from + to - width) / 2;
  view.to = view.from + width;
  const y = tops[bar[B.lane]] + bar[B.row] * ROW;
  if (y < view.top || y > view.top + size.height - AXIS - 2 * ROW) view.top = y - size.height / 2;
  select(n);
}

// ---- search

/** What of a bar words are looked for in. */
function words(bar) {
  const index = bar[B.index];
  switch (bar[B.kind]) {
    case KIND.transaction: {
      const t = transactions[index];
      const faults = faultsOf.get(t[T.number]) || [];
      return `${t[T.write] ? "write" : "read"} stream ${t[T.stream]}, context ${t[T.context]}, id ${t[T.id]}, ${t[T.by]} `
        + `${t[T.resp]} ` + faults.map((f) => `fault ${f[F.name]}${f[F.stalled] ? " stalled" : ""}`).join(" ");
    }
    case KIND.walk:
      return ["walk demand", "walk prefetch", "walk probe"][walks[index][2]];
    case KIND.register:
      return `register ${registers[index][0] ? "write" : "read"} ${registers[index][3]}`;
    case KIND.burst:
      return `burst ${bursts[index][1] ? "write" : "read"} ${bursts[index][6]}`;
    default:
      return "";
  }
}

function touches(bar, at) {
  const index = bar[B.index];
  const within = (first, length) => first !== null && at >= first && at < first + length;
  switch (bar[B.kind]) {
    case KIND.transaction: {
      const t = transactions[index];
      const length = bytes(t, T.len, T.size);
      return within(t[T.addr], length) || within(t[T.to], length);
    }
    case KIND.walk:
      return walks[index][4].some((read) => within(read[0], 4 * Math.max(read[4].length, 1)));
    case KIND.burst:
      return within(bursts[index][3], (bursts[index][4] + 1) * 2 ** bursts[index][5]);
    default:
      return false;
  }
}

function search(text) {
  text = text.trim().toLowerCase();
  hits = [];
  hit = -1;
  if (text) {
    let match;
    let wanted;
    if ((match = /^(walk|fault)?#(\d+)$/.exec(text))) {
      const number = Number(match[2]);
      const owner = (fault) => fault && fault[F.transaction];
      const t = match[1] === "fault" ? owner(head.faults.find((fault) => fault[F.number] === number)) : number;
      wanted = match[1] === "walk"
        ? (bar) => bar[B.kind] === KIND.walk && walks[bar[B.index]][0] === number
        : (bar) => (bar[B.kind] === KIND.transaction && transactions[bar[B.index]][T.number] === t)
          || (!match[1] && bar[B.kind] === KIND.burst && bursts[bar[B.index]][0] === t);
    } else if (/^0x[0-9a-f_]+$/.test(text)) {
      const at = Number(text.replaceAll("_", ""));
      wanted = (bar) => touches(bar, at);
    } else {
      // Phrases such as "stream 2" are kept together; other words may stand anywhere.
      const parts = text.match(/(?:stream|context|id) \d+|\S+/g).map((part) => {
        const plain = part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        return new RegExp(/\d$/.test(part) ? plain + "(?!\\d)" : plain);
      });
      wanted = (bar) => {
        const own = words(bar).toLowerCase();
        return own && parts.every((part) => part.test(own));
      };
    }
    bars.forEach((bar, n) => {
      if (wanted(bar)) hits.push(n);
    });
    hits.sort((a, b) => bars[a][B.from] - bars[b][B.from]);
  }
  if (hits.length) go(1); else $("found").textContent = text ? "nothing" : "";
  draw();
}

function go(step) {
  if (!hits.length) return;
  hit = (hit + step + hits.length) % hits.length;
  $("found").textContent = `${hit + 1} of ${hits.length}`;
  show(hits[hit]);
}

const inOrder = [...head.faults].sort((a, b) => a[F.cycle] - b[F.cycle]);
let faultShown = -1;
function nextFault() {
  if (!inOrder.length) return;
  faultShown = (faultShown + 1) % inOrder.length;
  $("found").textContent = `fault#${inOrder[faultShown][F.number]}`;
  const n = barOf[KIND.transaction].get(transactionAt.get(inOrder[faultShown][F.transaction]));
  if (n !== undefined) show(n);
}

// ---- the mouse and the keys

let drag = null;
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (event.shiftKey) {
    const by = ((event.deltaY + event.deltaX) / 600) * (view.to - view.from);
    view.from += by;
    view.to += by;
  } else if (event.offsetX < LABEL) {
    view.top += event.deltaY;
  } else {
    const by = (event.deltaX / 600) * (view.to - view.from);
    view.from += by;
    view.to += by;
    zoom(Math.exp(event.deltaY / 400), event.offsetX);
  }
  draw();
}, { passive: false });
canvas.addEventListener("mousedown", (event) => {
  drag = { x: event.offsetX, y: event.offsetY, ...view, moved: false };
});
window.addEventListener("mouseup", (event) => {
  if (drag && !drag.moved && event.target === canvas) select(barUnder(event.offsetX, event.offsetY));
  drag = null;
});
canvas.addEventListener("mousemove", (event) => {
  const [x, y] = [event.offsetX, event.offsetY];
  if (drag) {
    drag.moved ||= Math.abs(x - drag.x) + Math.abs(y - drag.y) > 4;
    if (drag.moved) {
      const by = (drag.x - x) / scale();
      view.from = drag.from + by;
      view.to = drag.to + by;
      view.top = drag.top + drag.y - y;
      draw();
    }
    return;
  }
  const n = barUnder(x, y);
  const tip = $("tip");
  if (n < 0) {
    tip.style.display = "none";
  } else {
    tip.textContent = told(n, false).join("\n");
    tip.style.display = "block";
    tip.style.left = Math.max(4, Math.min(x + 14, size.width - tip.offsetWidth - 8)) + "px";
    const below = y + 18 + tip.offsetHeight < size.height;
    tip.style.top = (below ? y + 16 : Math.max(0, y - tip.offsetHeight - 10)) + "px";
  }
  if (n !== hovered) {
    hovered = n;
    draw();
  }
});
canvas.addEventListener("mouseleave", () => {
  hovered = -1;
  $("tip").style.display = "none";
  draw();
});
const middle = () => (LABEL + size.width) / 2;
$("in").onclick = () => zoom(0.5, middle());
$("out").onclick = () => zoom(2, middle());
$("all").onclick = everything;
$("next").onclick = () => go(1);
$("back").onclick = () => go(-1);
$("fault").onclick = nextFault;
let asked = null;
$("query").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if ($("query").value === asked) go(event.shiftKey ? -1 : 1);
  else search((asked = $("query").value));
});
$("query").addEventListener("input", () => {
  if (!$("query").value) search((asked = ""));
});
window.addEventListener("keydown", (event) => {
  if (event.target === $("query") || event.ctrlKey || event.metaKey) return;
  const by = (view.to - view.from) / 6;
  const keys = {
    "+": () => zoom(0.5, middle()), "-": () => zoom(2, middle()), Home: everything,
    ArrowLeft: () => { view.from -= by; view.to -= by; }, ArrowRight: () => { view.from += by; view.to += by; },
    ArrowUp: () => { view.top -= 60; }, ArrowDown: () => { view.top += 60; },
    n: () => go(1), N: () => go(-1), f: nextFault, Escape: () => select(-1),
    "/": () => $("query").focus(),
  };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
    draw();
  }
});

function resize() {
  const dots = window.devicePixelRatio || 1;
  size = { width: canvas.clientWidth, height: canvas.clientHeight };
  canvas.width = size.width * dots;
  canvas.height = size.height * dots;
  draw();
}
new ResizeObserver(resize).observe(canvas);

$("title").textContent = head.title;
$("about").textContent = `${(transactions.length + bursts.length).toLocaleString("en")} transactions, `
  + `${walks.length.toLocaleString("en")} walks, ${head.faults.length.toLocaleString("en")} faults, `
  + `${(head.span[1] - head.span[0]).toLocaleString("en")} cycles`
  + (head.left_out ? `; ${head.left_out.toLocaleString("en")} more transactions are left out` : "");
const legend = head.phases.map((name, n) => [name, COLOURS[n]]);
legend.push(["not answered", OPEN], ["walk ahead of need", WALK[1]], ["fault ▼", FAULT]);
for (const [name, colour] of legend) {
  const entry = document.createElement("span");
  const box = document.createElement("i");
  box.style.background = colour;
  entry.append(box, name);
  $("legend").append(entry);
}
resize();
everything();

/** A search can stand in the address: `page.html#q=fault%230`. */
function fromAddress() {
  const match = /^#q=(.*)$/.exec(location.hash);
  if (!match) return;
  $("query").value = asked = decodeURIComponent(match[1]);
  search(asked);
}
window.addEventListener("hashchange", fromAddress);
fromAddress();
drawNow();
document.body.dataset.ready = "yes";
